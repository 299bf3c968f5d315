/** The client: sends requests over one connection and matches each answer to its request. */
@NullMarked
package parley.client;

import org.jspecify.annotations.NullMarked;
