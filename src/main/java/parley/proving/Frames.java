package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/**
 * Receives a decoder's frames and describes each at once, because it may change later. Consecutive
 * IoBuffers are one frame: raw bytes are a stream, and their division depends on the reads.
 */
final class Frames implements ProtocolDecoderOutput {

  private static final int MOST = 1 << 20;

  private final List<Object> objects = new ArrayList<>();
  private final List<String> shown = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();

  @Override
  public void write(Object frame) {
    if (objects.size() == MOST) {
      throw new IllegalStateException("more than " + MOST + " frames");
    }
    objects.add(frame);
    if (frame instanceof IoBuffer buffer) {
      raw.append(bytes(buffer));
    } else {
      flushRaw();
      shown.add(describe(frame));
    }
  }

  @Override
  public void flush(NextFilter next, IoSession session) {}

  private void flushRaw() {
    if (!raw.isEmpty()) {
      shown.add("bytes " + Shown.quoted(raw.toString()));
      raw.setLength(0);
    }
  }

  /** Returns the descriptions in order. */
  List<String> shown() {
    flushRaw();
    return List.copyOf(shown);
  }

  /** Returns the frames that an encoder can be given. */
  List<Object> objects() {
    return objects.stream().filter(frame -> !(frame instanceof IoBuffer)).toList();
  }

  /**
   * Returns the text by which frames are compared: text and bytes escaped, lists and arrays element
   * by element, everything else its toString, or its type if it has no toString of its own.
   */
  static String describe(Object frame) {
    if (frame instanceof String text) {
      return Shown.quoted(Raw.of(text));
    }
    if (frame instanceof byte[] bytes) {
      return "bytes " + Shown.quoted(Raw.of(bytes));
    }
    if (frame instanceof IoBuffer buffer) {
      return "bytes " + Shown.quoted(bytes(buffer));
    }
    if (frame instanceof List<?> list) {
      return describe(list.stream());
    }
    if (frame instanceof Object[] array) {
      return describe(Stream.of(array));
    }
    return hasText(frame) ? frame.toString() : frame.getClass().getSimpleName();
  }

  private static String describe(Stream<?> elements) {
    return elements.map(each -> each == null ? "null" : describe(each)).toList().toString();
  }

  private static boolean hasText(Object frame) {
    try {
      return frame.getClass().getMethod("toString").getDeclaringClass() != Object.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the bytes of a buffer, and leaves the buffer unchanged. */
  static String bytes(IoBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return Raw.of(bytes);
  }
}
