/** The shared parts of tests: servers, peers, outside programs, and waits for them. */
package parley.testing;
