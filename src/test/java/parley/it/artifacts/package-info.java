/** What a build hands out, the archive and the artifacts of Maven, used as a stranger uses it. */
package parley.it.artifacts;
