package parley.internal.chain;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The data of one read after a session's turn was over: frames from a decoder that does not stop,
 * followed by bytes that are not decoded. It is at most one read, as bytes and the frames decoded
 * from it.
 */
final class WaitingFrames {

  /** The estimated memory of a frame that is an object of its own. */
  private static final int FRAME_BYTES = 64;

  private final Queue<Object> frames = new ArrayDeque<>(0);
  private final long since;
  private @Nullable IoBuffer rest; // shared with no other code
  private long copied;

  /** Creates an empty one, for data that was read at a time of the loop's clock. */
  WaitingFrames(long since) {
    this.since = since;
  }

  /** Returns when the first of the data was read. */
  long since() {
    return since;
  }

  void add(Object frame) {
    frames.add(frame);
  }

  /** Returns the approximate number of bytes that it holds. */
  int size() {
    return frames.size() * FRAME_BYTES + (rest == null ? 0 : rest.capacity());
  }

  void rest(IoBuffer bytes) {
    rest = bytes;
  }

  /** Adds bytes to the rest, whose buffer doubles: each byte is copied a few times. */
  void behind(byte[] more) {
    IoBuffer before = rest == null ? IoBuffer.allocate(0) : rest;
    int length = before.remaining();
    int end = before.limit() + more.length;
    if (end <= before.capacity()) {
      int start = before.position();
      before.limit(end).position(end - more.length);
      before.put(more).position(start);
      return;
    }
    IoBuffer all = IoBuffer.allocate(Math.max(length + more.length, 2 * length));
    copied += length;
    rest = all.put(before).put(more).flip();
  }

  /** Returns the number of bytes that were copied again, for a test. */
  long copied() {
    return copied;
  }

  /**
   * Passes the frames on as long as they are accepted; the others keep waiting. Returns the bytes
   * to decode.
   */
  @Nullable IoBuffer passTo(SessionFrames output) {
    while (!frames.isEmpty() && output.takesMore()) {
      output.write(frames.remove());
    }
    if (frames.isEmpty()) {
      return rest;
    }
    output.waitOn(this);
    return null;
  }
}
