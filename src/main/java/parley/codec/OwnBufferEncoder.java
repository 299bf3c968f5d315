package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.buffer.SimpleBufferAllocator;

/**
 * Gives a {@link FrameEncoder} a buffer of its own for each message, and copies what is put there.
 * The caller's buffer holds other messages: none is lost or altered by a flip, a clear or an
 * absolute put, nor by an encoder that keeps its buffer and writes to it later.
 */
final class OwnBufferEncoder<M> implements FrameEncoder<Object> {

  /** The next buffer is as large as the last message, but no larger than this. */
  private static final int MAX_ROOM = 4 * 1024;

  /** MINA's other allocator hands a buffer that was freed to somebody else. */
  private static final SimpleBufferAllocator ALLOCATOR = new SimpleBufferAllocator();

  private final FrameEncoder<M> frames;
  private int room = BufferEncoder.FIRST_ROOM; // a guess, so any thread's value will do

  OwnBufferEncoder(FrameEncoder<M> frames) {
    this.frames = frames;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void encode(Object message, IoBuffer out) throws Exception {
    IoBuffer own = ALLOCATOR.allocate(room, false).setAutoExpand(true);
    frames.encode((M) message, own);
    int length = own.position();
    if (length == 0) {
      throw new IllegalStateException(
          name()
              + " put no bytes: position 0 (expected: the end of what it puts; a flip, clear or"
              + " rewind of its buffer drops that)");
    }
    room = Math.min(Math.max(length, BufferEncoder.FIRST_ROOM), MAX_ROOM);
    out.put(own.array(), own.arrayOffset(), length); // a buffer's bytes take 20 ns more
  }

  private String name() {
    String name = frames.getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? "encoder " + name : "an encoder of " + name.substring(0, lambda);
  }
}
