/** What a clone builds: the archive, the artifacts, and a change that CONTRIBUTING.md makes. */
package parley.it.artifacts;
