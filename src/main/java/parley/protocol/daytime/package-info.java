/** The daytime protocol (RFC 867). */
@NullMarked
package parley.protocol.daytime;

import org.jspecify.annotations.NullMarked;
