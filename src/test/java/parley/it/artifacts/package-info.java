/**
 * The output of a clone's build: the archive, the artifacts, and a change that CONTRIBUTING.md
 * makes.
 */
package parley.it.artifacts;
