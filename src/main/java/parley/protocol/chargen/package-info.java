/** The character generator protocol (RFC 864). */
@NullMarked
package parley.protocol.chargen;

import org.jspecify.annotations.NullMarked;
