/**
 * The SPI: what a protocol is, what it gets, and how it is found.
 *
 * <p>The package may use {@code internal.loop}, {@code session}, {@code codec} and {@code
 * endpoint}. A protocol's methods run on the thread that makes a listener or a client; its handlers
 * run on the event loop of their session, or on the listener's own threads.
 */
@NullMarked
package parley.protocol;

import org.jspecify.annotations.NullMarked;
