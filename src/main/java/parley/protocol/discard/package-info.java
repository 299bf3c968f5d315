/** The discard protocol (RFC 863). */
@NullMarked
package parley.protocol.discard;

import org.jspecify.annotations.NullMarked;
