/**
 * TLS for users: the configuration of a listener or a client, the access of a handler to a
 * session's TLS, and the exception that names a peer's fault. The work is done in {@code
 * parley.internal.tls}. The package may use protocol settings and the session's state. Any thread
 * may call it.
 */
@NullMarked
package parley.tls;

import org.jspecify.annotations.NullMarked;
