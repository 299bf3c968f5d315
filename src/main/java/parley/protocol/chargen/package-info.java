/** The character generator, RFC 864. */
@NullMarked
package parley.protocol.chargen;

import org.jspecify.annotations.NullMarked;
