/**
 * What users of TLS see: how a listener or a client is configured, what a handler can ask about a
 * session, and the exception that names a peer's fault. The work is done in {@code
 * parley.internal.tls}. It may touch protocol settings and the session's state. Any thread may
 * call.
 */
@NullMarked
package parley.tls;

import org.jspecify.annotations.NullMarked;
