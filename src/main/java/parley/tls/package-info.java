/** TLS on the JDK's SSLEngine: PEM files, the filter, and what a failed handshake is told as. */
@NullMarked
package parley.tls;

import org.jspecify.annotations.NullMarked;
