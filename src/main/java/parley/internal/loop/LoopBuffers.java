package parley.internal.loop;

import java.nio.ByteBuffer;

/**
 * A loop's buffers, outside the heap. They are allocated before the loop, which would leave its
 * selector open if there were no memory.
 *
 * @param in holds the bytes of one read
 * @param out holds the bytes of one write
 */
record LoopBuffers(ByteBuffer in, ByteBuffer out) {

  LoopBuffers() {
    this(ByteBuffer.allocateDirect(Reader.MOST), ByteBuffer.allocateDirect(LoopWriter.ROOM));
  }
}
