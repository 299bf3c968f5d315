/** The echo protocol (RFC 862). */
@NullMarked
package parley.protocol.echo;

import org.jspecify.annotations.NullMarked;
