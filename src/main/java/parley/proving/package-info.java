/**
 * The proving kit: tests how a protocol copes with the network, from a few transcripts. It is for
 * tests and needs no test framework.
 */
@NullMarked
package parley.proving;

import org.jspecify.annotations.NullMarked;
