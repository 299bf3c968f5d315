package bench.jmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The input of decoding and encoding. An invocation of a benchmark handles {@link #PER_INVOCATION}
 * frames, in reads of 1, 16 or 128, so that each score, and each figure of {@code -prof gc}, is per
 * frame.
 */
final class Frames {

  /** The frames of an invocation: a multiple of each number of frames in a read. */
  static final int PER_INVOCATION = 128;

  private Frames() {}

  /** Returns a line of that many bytes including its LF, which is left out. */
  static String line(int bytes) {
    return "a".repeat(bytes - 1);
  }

  /** Returns a read of a number of lines, each of that many bytes with its LF. */
  static byte[] lines(int bytes, int lines) {
    return (line(bytes) + "\n").repeat(lines).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a read of a number of frames, each of that many bytes after a length of two bytes. */
  static byte[] lengthPrefixed(int bytes, int frames) {
    ByteBuffer read = ByteBuffer.allocate(frames * (2 + bytes));
    for (int i = 0; i < frames; i++) {
      read.putShort((short) bytes).put(new byte[bytes]);
    }
    return read.array();
  }
}
