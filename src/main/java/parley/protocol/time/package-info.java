/** The time protocol (RFC 868). */
@NullMarked
package parley.protocol.time;

import org.jspecify.annotations.NullMarked;
