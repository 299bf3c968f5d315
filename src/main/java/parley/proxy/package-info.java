/**
 * What users of the PROXY protocol see: which proxies a listener trusts, and the header that one
 * sent. The header is read in {@code parley.internal.proxy}. It may touch protocol settings and the
 * session's state. Any thread may call.
 */
@NullMarked
package parley.proxy;

import org.jspecify.annotations.NullMarked;
