/** The client: ask, and get the answer that belongs to it. */
@NullMarked
package parley.client;

import org.jspecify.annotations.NullMarked;
