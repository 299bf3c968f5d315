/**
 * The service provider interface: the parts of a protocol, the data that it receives, and the ways
 * in which Parley finds it.
 *
 * <p>The package may use {@code internal.loop}, {@code session}, {@code codec} and {@code
 * endpoint}. A protocol's methods run on the thread that creates a listener or a client. Its
 * handlers run on the event loop of their session, or on the listener's executor threads.
 */
@NullMarked
package parley.protocol;

import org.jspecify.annotations.NullMarked;
