/**
 * How connections come in: the acceptor, what it admits and what others get. Runs on the acceptor's
 * thread.
 */
@NullMarked
package parley.internal.accept;

import org.jspecify.annotations.NullMarked;
