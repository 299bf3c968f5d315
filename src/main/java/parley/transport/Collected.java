package parley.transport;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;

/**
 * The messages of a {@link Turn} that are not handed down yet, encoded one behind the other in a
 * buffer. Used on the loop's thread only.
 */
final class Collected {

  private static final WriteRequest[] NONE = {};

  /** Requests take memory, too, however short their messages are. */
  private static final int MOST_REQUESTS = 1024;

  private final int full;
  private final List<WriteRequest> requests = new ArrayList<>();
  private IoBuffer buffer;
  private int[] ends = new int[64]; // where the bytes of each request end
  private int answers;
  private boolean encoding;

  /**
   * None yet.
   *
   * @param full so many bytes are enough
   */
  Collected(int full) {
    this.full = full;
    buffer = newBuffer(full);
  }

  private static IoBuffer newBuffer(int room) {
    return IoBuffer.allocate(room, false).setAutoExpand(true);
  }

  boolean isEmpty() {
    return requests.isEmpty() && answers == 0;
  }

  boolean isFull() {
    return buffer.position() >= full || requests.size() >= MOST_REQUESTS;
  }

  /** Whether half a message may be there. */
  boolean isEncoding() {
    return encoding;
  }

  void setEncoding(boolean now) {
    encoding = now;
  }

  /** Encodes a message; what is thrown leaves nothing of it. */
  void encode(IoSession session, Object message, Turn.Encoding how) throws Exception {
    if (buffer.order() != ByteOrder.BIG_ENDIAN || !buffer.isAutoExpand()) {
      buffer.order(ByteOrder.BIG_ENDIAN).setAutoExpand(true); // whatever another encoder left
    }
    int before = buffer.position();
    encoding = true;
    boolean done = false;
    try {
      how.put(session, message, buffer);
      done = true;
    } finally {
      encoding = false;
      if (!done) {
        buffer.position(before);
      }
    }
  }

  /** Adds the request of the message that was encoded last; returns where its bytes begin. */
  int add(WriteRequest request) {
    int begin = requests.isEmpty() ? 0 : ends[requests.size() - 1];
    if (requests.size() == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[requests.size()] = buffer.position();
    requests.add(request);
    return begin;
  }

  /** How many bytes it holds. */
  int size() {
    return buffer.position();
  }

  /** The message that was encoded last has no request. */
  void addAnswer() {
    answers++;
  }

  /** Takes all out. */
  Batch take(IoSession session) {
    int from = buffer.arrayOffset();
    byte[] bytes = Arrays.copyOfRange(buffer.array(), from, from + buffer.position());
    int[] itsEnds = Arrays.copyOf(ends, requests.size());
    Batch batch =
        new Batch(session, IoBuffer.wrap(bytes), requests.toArray(NONE), itsEnds, answers);
    clear();
    return batch;
  }

  /** Nothing of one session is ever there for another. */
  void clear() {
    requests.clear();
    answers = 0;
    if (buffer.capacity() > 2 * full) {
      buffer = newBuffer(full);
    }
    buffer.clear();
  }
}
