/**
 * The proving kit: what a protocol must stand on the network, tried from a few transcripts. For
 * tests, without a test framework.
 */
@NullMarked
package parley.proving;

import org.jspecify.annotations.NullMarked;
