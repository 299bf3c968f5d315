/** How bytes move: the event loops on MINA's NioProcessor, and what they keep for each session. */
@NullMarked
package parley.internal.loop;

import org.jspecify.annotations.NullMarked;
