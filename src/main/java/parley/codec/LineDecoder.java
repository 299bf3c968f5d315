package parley.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/**
 * Cuts one session's bytes into lines. Its only state is the unfinished line, of at most the limit
 * and one CR; an error drops it.
 */
final class LineDecoder implements ProtocolDecoder {

  private static final byte[] NONE = {};
  private static final char REPLACEMENT = '\uFFFD';

  private final Charset charset;
  private final int maxLineBytes;
  private byte[] unfinished = NONE;
  private int length;

  LineDecoder(Charset charset, int maxLineBytes) {
    this.charset = charset;
    this.maxLineBytes = maxLineBytes;
  }

  @Override
  public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
      throws FrameException {
    byte[] bytes;
    int from;
    int to;
    if (in.hasArray()) {
      bytes = in.array();
      from = in.arrayOffset() + in.position();
      to = in.arrayOffset() + in.limit();
      in.position(in.limit());
    } else {
      bytes = new byte[in.remaining()];
      in.get(bytes);
      from = 0;
      to = bytes.length;
    }
    try {
      decode(bytes, from, to, out);
    } catch (FrameException e) {
      forget();
      throw e;
    }
  }

  private void decode(byte[] bytes, int from, int to, ProtocolDecoderOutput out)
      throws FrameException {
    int start = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        if (length == 0) {
          out.write(line(bytes, start, i));
        } else {
          keep(bytes, start, i);
          out.write(takeUnfinished());
        }
        start = i + 1;
      }
    }
    keep(bytes, start, to);
  }

  /** Adds to the unfinished line, and refuses it once no delimiter could make it short enough. */
  private void keep(byte[] bytes, int from, int to) throws FrameException {
    int count = to - from;
    if (count == 0) {
      return;
    }
    int sum = length + count;
    boolean endsInCr = bytes[to - 1] == '\r';
    if (sum < 0 || sum - (endsInCr ? 1 : 0) > maxLineBytes) {
      throw tooLong();
    }
    if (sum > unfinished.length) {
      int room = (int) Math.min(maxLineBytes + 1L, Math.max(64L, 2L * unfinished.length));
      unfinished = Arrays.copyOf(unfinished, Math.max(sum, room));
    }
    System.arraycopy(bytes, from, unfinished, length, count);
    length = sum;
  }

  private String takeUnfinished() throws FrameException {
    String line = line(unfinished, 0, length);
    forget();
    return line;
  }

  private void forget() {
    unfinished = NONE;
    length = 0;
  }

  private String line(byte[] bytes, int from, int end) throws FrameException {
    int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
    if (to - from > maxLineBytes) {
      throw tooLong();
    }
    String line = new String(bytes, from, to - from, charset);
    if (line.indexOf(REPLACEMENT) >= 0) {
      checkStrictly(bytes, from, to);
    }
    if (line.indexOf('\r') >= 0) {
      throw new FrameException("carriage return inside a line (expected: LF or CR LF at its end)");
    }
    return line;
  }

  /** A replacement character may have been sent as such, or stand for malformed bytes. */
  private void checkStrictly(byte[] bytes, int from, int to) throws FrameException {
    try {
      charset.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
    } catch (CharacterCodingException e) {
      throw new FrameException("line is not " + charset.name());
    }
  }

  private FrameException tooLong() {
    return new FrameException("line too long: more than " + maxLineBytes + " bytes");
  }

  /** The peer's end of stream: an unterminated last line is a line. */
  @Override
  public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws FrameException {
    if (length > 0) {
      try {
        out.write(takeUnfinished());
      } finally {
        forget();
      }
    }
  }

  @Override
  public void dispose(IoSession session) {
    forget();
  }
}
