package parley.internal.loop;

import java.nio.ByteBuffer;

/**
 * What a loop reads into and writes from, outside the heap; taken before the loop is made, which
 * would leave its selector open if there were no memory.
 *
 * @param in as much as is read in a turn
 * @param out as much as is written at once
 */
record LoopBuffers(ByteBuffer in, ByteBuffer out) {

  LoopBuffers() {
    this(ByteBuffer.allocateDirect(Reader.MOST), ByteBuffer.allocateDirect(LoopWriter.ROOM));
  }
}
