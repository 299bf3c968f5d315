/** The SPI: what a protocol is, what it is given, and how it is found. */
@NullMarked
package parley.protocol;

import org.jspecify.annotations.NullMarked;
