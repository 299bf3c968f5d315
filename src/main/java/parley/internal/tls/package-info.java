/**
 * TLS on the JDK's SSLEngine: contexts from PEM files or from the application, the filter, and the
 * reason of a failed handshake in plain words. It may touch the session's engine, the filters' base
 * and {@code parley.tls}; only {@link parley.internal.tls.PemBlocks} touches Bouncy Castle.
 *
 * <p>Filter and session run on the session's event loop, contexts on any thread. Files that change
 * are read by a thread of their own.
 */
@NullMarked
package parley.internal.tls;

import org.jspecify.annotations.NullMarked;
