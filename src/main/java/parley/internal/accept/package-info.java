/**
 * How connections come in: the acceptor, what it admits, what refused connections get, and a
 * listening socket that the process was started with.
 *
 * <p>The package may use {@code internal.loop} and {@code endpoint}. It runs on the acceptor's
 * thread; {@link parley.internal.accept.Admission} may be called by any.
 */
@NullMarked
package parley.internal.accept;

import org.jspecify.annotations.NullMarked;
