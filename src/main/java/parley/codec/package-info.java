/** Bytes to frames and back. */
@NullMarked
package parley.codec;

import org.jspecify.annotations.NullMarked;
