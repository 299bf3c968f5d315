package parley.internal.chain;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one read brought and a session's turn was over for: frames of a decoder that does not stop,
 * and behind them bytes that are not decoded. At most one read, so at most as many frames.
 */
final class WaitingFrames {

  /** What a frame may take that is an object of its own. */
  private static final int FRAME_BYTES = 64;

  private final Queue<Object> frames = new ArrayDeque<>(0);
  private @Nullable IoBuffer rest; // of nobody else
  private long copied;

  void add(Object frame) {
    frames.add(frame);
  }

  /** About how many bytes it holds. */
  int size() {
    return frames.size() * FRAME_BYTES + (rest == null ? 0 : rest.capacity());
  }

  void rest(IoBuffer bytes) {
    rest = bytes;
  }

  /** Adds bytes to the rest, which grows to twice what is in it: each is copied a few times. */
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

  /** All bytes that were copied again, for a test. */
  long copied() {
    return copied;
  }

  /** Hands the frames on as long as they are taken; the rest waits on. Returns what to decode. */
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
