/**
 * The server: listeners that are bound, drained and closed together, with their configuration.
 *
 * <p>The package may use all other packages except {@code client}, {@code cli}, {@code proving} and
 * the built-in protocols. Any thread may call it. A drain runs on a separate thread, and so does
 * the close of the resources that listeners share; sessions run on the event loops.
 */
@NullMarked
package parley.server;

import org.jspecify.annotations.NullMarked;
