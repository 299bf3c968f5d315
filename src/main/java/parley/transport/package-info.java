/** How bytes move: the event loops on MINA's NioProcessor, and what they keep for each session. */
@NullMarked
package parley.transport;

import org.jspecify.annotations.NullMarked;
