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
 * The line decoder of one session. Its only state is the unfinished line, of at most the limit plus
 * the possible start of its delimiter; an error drops it.
 */
final class LineDecoder implements ProtocolDecoder {

  private static final byte[] NONE = {};

  /** The length from which searching a String is faster than searching its bytes. */
  private static final int LONG = 64;

  /** The bytes searched for a CR at once; not all of them, because only one line may be taken. */
  private static final int AHEAD = 2048;

  private static final char REPLACEMENT = '\uFFFD';

  private final Charset charset;
  private final LineEnd end;
  private final int maxLineBytes;
  private byte[] unfinished = NONE;
  private int length;
  private boolean mayHoldReturns; // the bytes that are being decoded

  LineDecoder(Charset charset, LineEnd end, int maxLineBytes) {
    this.charset = charset;
    this.end = end;
    this.maxLineBytes = maxLineBytes;
  }

  @Override
  public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
      throws FrameException {
    int count = in.remaining();
    int from = in.hasArray() ? in.arrayOffset() + in.position() : 0;
    byte[] bytes = in.hasArray() ? in.array() : new byte[count];
    if (in.hasArray()) {
      in.position(in.limit());
    } else {
      in.get(bytes);
    }
    try {
      in.position(in.limit() - decode(bytes, from, from + count, out));
    } catch (FrameException e) {
      forget();
      throw e;
    }
  }

  /** Returns how many bytes are left, because the output takes no more lines now. */
  private int decode(byte[] bytes, int from, int to, ProtocolDecoderOutput out)
      throws FrameException {
    byte last = end.last();
    int start = from;
    int at = ByteSearch.indexOf(bytes, from, to, last);
    int looked = from;
    while (at >= 0) {
      if (at >= looked) {
        looked = lookForReturns(bytes, start, at, to);
      }
      if (finish(bytes, start, at + 1, out)) {
        start = at + 1;
        if (!FrameOutput.takesMore(out)) {
          return to - start;
        }
      }
      at = ByteSearch.indexOf(bytes, at + 1, to, last);
    }
    keep(bytes, start, to);
    return 0;
  }

  /** Searches the line that ends here, and the bytes after it, for CR; returns where it stopped. */
  private int lookForReturns(byte[] bytes, int start, int at, int to) {
    int looked = at + Math.min(AHEAD, to - at);
    mayHoldReturns =
        length > 0
            || at - start >= LONG
            || ByteSearch.indexOf(bytes, start, looked, (byte) '\r') >= 0;
    return looked;
  }

  boolean isInFrame() {
    return length > 0;
  }

  /**
   * Passes on the line that ends here, if its delimiter is complete; returns whether a line ended.
   */
  private boolean finish(byte[] bytes, int from, int to, ProtocolDecoderOutput out)
      throws FrameException {
    if (length > 0) {
      keep(bytes, from, to);
      int ended = end.whole(unfinished, 0, length);
      if (ended > 0) {
        String line = line(unfinished, 0, length - ended);
        forget();
        out.write(line);
      } else {
        refuseHalf();
      }
      return true;
    }
    int ended = end.whole(bytes, from, to);
    if (ended > 0) {
      out.write(line(bytes, from, to - ended));
    } else {
      refuseHalf();
    }
    return ended > 0;
  }

  /** Rejects LF alone where lines end in CR LF: other software may end the line there. */
  private void refuseHalf() throws FrameException {
    if (end.isOfText()) {
      throw new FrameException("line feed without a carriage return (expected: CR LF)");
    }
  }

  /** Adds to the unfinished line, and rejects it when no delimiter could make it short enough. */
  private void keep(byte[] bytes, int from, int to) throws FrameException {
    int count = to - from;
    if (count == 0) {
      return;
    }
    int sum = length + count;
    if (sum < 0 || sum - LineEnd.MAX_BYTES > maxLineBytes) {
      throw tooLong();
    }
    if (sum > unfinished.length) {
      int room = Math.max(64, 2 * unfinished.length);
      unfinished = Arrays.copyOf(unfinished, Math.max(sum, room));
    }
    System.arraycopy(bytes, from, unfinished, length, count);
    length = sum;
    if (sum - end.begun(unfinished, 0, sum) > maxLineBytes) {
      throw tooLong();
    }
  }

  private void forget() {
    unfinished = NONE;
    length = 0;
  }

  private String line(byte[] bytes, int from, int to) throws FrameException {
    if (to - from > maxLineBytes) {
      throw tooLong();
    }
    String line = new String(bytes, from, to - from, charset);
    if (line.indexOf(REPLACEMENT) >= 0) {
      checkStrictly(bytes, from, to);
    }
    if (end.isOfText() && mayHoldReturns && line.indexOf('\r') >= 0) {
      throw new FrameException(
          "carriage return inside a line (expected: " + end.expected() + " at its end)");
    }
    return line;
  }

  /**
   * Checks for malformed bytes. A replacement character alone proves nothing: the peer may have
   * sent it.
   */
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

  @Override
  public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws FrameException {
    if (length == 0) {
      return;
    }
    try {
      if (!end.isOptionalAtTheEnd()) {
        throw new CutShortException("end of stream inside a line");
      }
      mayHoldReturns = true;
      String line = line(unfinished, 0, length - end.begun(unfinished, 0, length));
      forget();
      out.write(line);
    } finally {
      forget();
    }
  }

  @Override
  public void dispose(IoSession session) {
    forget();
  }
}
