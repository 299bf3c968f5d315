package bench.jmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is decoded and encoded. An invocation of a benchmark handles {@link #PER_INVOCATION} frames,
 * in reads of 1, 16 or 128, so that each score, and each figure of {@code -prof gc}, is of a frame.
 */
final class Frames {

  /** How many frames an invocation handles: a multiple of each number of frames in a read. */
  static final int PER_INVOCATION = 128;

  private Frames() {}

  /** A line of so many bytes, one of them its LF, which is left out. */
  static String line(int bytes) {
    return "a".repeat(bytes - 1);
  }

  /** A read of so many lines, each of so many bytes with its LF. */
  static byte[] lines(int bytes, int lines) {
    return (line(bytes) + "\n").repeat(lines).getBytes(StandardCharsets.UTF_8);
  }

  /** A read of so many frames, each of so many bytes behind a length of two. */
  static byte[] lengthPrefixed(int bytes, int frames) {
    ByteBuffer read = ByteBuffer.allocate(frames * (2 + bytes));
    for (int i = 0; i < frames; i++) {
      read.putShort((short) bytes).put(new byte[bytes]);
    }
    return read.array();
  }
}
