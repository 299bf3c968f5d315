package example.resp;

import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameDecoder;
import parley.codec.FrameException;

/**
 * A decoder of the parts of requests and replies: lines, and bulk strings after their length.
 *
 * @param <F> the type of the frames
 */
abstract class RespDecoder<F> extends FrameDecoder<F> {

  /** The longest line, with its end, in bytes. */
  static final int MAX_LINE = 64 * 1024;

  private static final int NONE = -1;

  final Limits limits;
  private int searched; // the number of bytes of the unfinished line without an end
  private int length = NONE; // of the bulk string whose bytes come next

  RespDecoder(Limits limits) {
    super(limits.message());
    this.limits = limits;
  }

  /** Returns the next line without its LF, or null if it is not complete. */
  final @Nullable String line(IoBuffer in, String tooLong) throws FrameException {
    int start = in.position();
    int end = in.skip(searched).indexOf((byte) '\n');
    in.position(start);
    int count = (end < 0 ? in.limit() : end + 1) - start;
    if (count > MAX_LINE || (count == MAX_LINE && end < 0)) {
      throw new FrameException(tooLong);
    }
    if (end < 0) {
      searched = count;
      return null;
    }
    searched = 0;
    byte[] line = new byte[count - 1];
    in.get(line).get();
    return Text.of(line);
  }

  /** Returns the number after the first character of a line that ends with a CR. */
  static long number(String line, long least, long most, String otherwise) throws FrameException {
    int end = line.length() - 1;
    try {
      if (line.charAt(end) == '\r') {
        long number = Text.number(line.substring(1, end));
        if (number >= least && number <= most) {
          return number;
        }
      }
    } catch (NumberFormatException e) {
      // handled like a number out of range
    }
    throw new FrameException(otherwise);
  }

  final boolean isInBulk() {
    return length != NONE;
  }

  /** Returns the bulk string that a header line announces, or null if it is not complete. */
  final byte @Nullable [] bulk(String header, IoBuffer in) throws FrameException {
    length = (int) number(header, 0, limits.bulk(), "invalid bulk length");
    return bulk(in);
  }

  /** Returns the bulk string that was begun, or null if it is not complete. */
  final byte @Nullable [] bulk(IoBuffer in) throws FrameException {
    if (in.remaining() < length + 2L) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    if (in.get() != '\r' || in.get() != '\n') {
      throw new FrameException("expected CR LF after a bulk string");
    }
    length = NONE;
    return bytes;
  }

  @Override
  protected void reset() {
    searched = 0;
    length = NONE;
  }
}
