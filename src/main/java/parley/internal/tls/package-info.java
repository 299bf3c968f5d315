/**
 * TLS on the JDK's SSLEngine: contexts from PEM files or from the application, the filter, and the
 * reason of a failed handshake in plain words. The package may use {@code internal.loop}, {@code
 * internal.chain} and {@code parley.tls}; only {@link parley.internal.tls.PemBlocks} uses Bouncy
 * Castle.
 *
 * <p>Filter and session run on the session's event loop, contexts on any thread. A thread of its
 * own reads changed files.
 */
@NullMarked
package parley.internal.tls;

import org.jspecify.annotations.NullMarked;
