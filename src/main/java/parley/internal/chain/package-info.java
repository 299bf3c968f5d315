/**
 * The filters of a session's chain, one concern each, and their order: only {@link
 * parley.internal.chain.FilterChains} defines it. {@code connection} is below TLS, the codec
 * decodes and encodes, {@code drain} ends a session gracefully, {@code executor} moves the handler
 * to threads of its own, {@code fault} ends a session that failed.
 *
 * <p>The package may use {@code internal.loop}, {@code protocol} and the packages below them.
 * Filters run on the session's event loop; those above {@code executor} run on the handler's
 * threads.
 */
@NullMarked
package parley.internal.chain;

import org.jspecify.annotations.NullMarked;
