/**
 * The PROXY protocol for users: which proxies a listener trusts, and the header that one sent.
 * {@code parley.internal.proxy} reads the header. The package may use protocol settings and the
 * session's state. Any thread may call it.
 */
@NullMarked
package parley.proxy;

import org.jspecify.annotations.NullMarked;
