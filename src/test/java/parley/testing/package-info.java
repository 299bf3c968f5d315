/** What tests share: servers, peers, outside programs, and how to wait for them. */
package parley.testing;
