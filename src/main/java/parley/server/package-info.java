/** The server: listeners that are bound, drained and closed together. */
@NullMarked
package parley.server;

import org.jspecify.annotations.NullMarked;
