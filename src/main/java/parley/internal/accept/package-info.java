/**
 * Incoming connections: the acceptor, the admission of connections, the refusal of others, and a
 * listening socket that the process was started with.
 *
 * <p>The package may use {@code internal.loop} and {@code endpoint}. It runs on the acceptor's
 * thread; any thread may call {@link parley.internal.accept.Admission}.
 */
@NullMarked
package parley.internal.accept;

import org.jspecify.annotations.NullMarked;
