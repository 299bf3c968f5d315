package parley.codec;

import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one session's bytes step by step, and keeps those of the unfinished frame: the base of
 * codecs of your own. One instance serves one session, on its event loop; {@link FrameCodecFactory}
 * sees to that.
 *
 * <p>It holds at most the longest frame, plus, while it decodes, one read; its memory grows with
 * what has come, never with what a header announces. A longer frame is refused at the first byte
 * too many, the end of stream inside a frame too. After any error nothing is left of the unfinished
 * frame.
 *
 * <pre>{@code
 * final class PairDecoder extends FrameDecoder {      // two bytes a frame
 *   PairDecoder() {
 *     super(2);
 *   }
 *
 *   protected Object readFrame(IoBuffer in) {
 *     return in.getShort();
 *   }
 * }
 * }</pre>
 */
public abstract class FrameDecoder implements ProtocolDecoder, FrameProgress {

  private static final byte[] NONE = {};
  private static final int LEAST_ROOM = 64;

  /** The longest payload that the codecs here allow, and room for its length field. */
  private static final int MAX_FRAME_BYTES = (1 << 30) + 64;

  private final int maxFrameBytes;
  private byte[] unfinished = NONE;
  private int length;
  private long taken;

  // Where readLine looked for the end of a line in a step that will be tried again, from its start.
  private int stepStart;
  private int lineStart = -1;
  private int searched;

  /**
   * A decoder of frames up to a size.
   *
   * @param maxFrameBytes the longest frame, all of its bytes on the wire, 1 to 2^30 and a little
   */
  protected FrameDecoder(int maxFrameBytes) {
    this.maxFrameBytes = within("max frame bytes", maxFrameBytes, 1, MAX_FRAME_BYTES);
  }

  static int within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
    return value;
  }

  /**
   * Reads one frame, or one step of it. Whoever reads past the end, with the
   * BufferUnderflowException of {@code in.get()} and its like, is called again from the same place
   * when more has come; so plain reading code will do, if it changes its fields only once it has
   * read all that it needs. A frame of many parts is read a part a call: keep what was read in a
   * field and return null, so that nothing is read twice.
   *
   * @param in what has come and is not taken yet, at least one byte; only the {@code get} methods
   *     that move its position are to be used, and nothing of it is to be kept
   * @return a frame, or null if it is not complete
   * @throws FrameException if this will never be a frame
   */
  protected abstract @Nullable Object readFrame(IoBuffer in) throws FrameException;

  /** Drops what {@link #readFrame} keeps of an unfinished frame: called after every error. */
  protected void reset() {}

  /**
   * Reads a line of ISO-8859-1, without the LF that ends it or the CR LF: for {@link #readFrame}.
   *
   * @throws BufferUnderflowException if its end has not come
   */
  protected final String readLine(IoBuffer in) {
    int start = in.position();
    boolean again = start - stepStart == lineStart;
    in.position(again ? stepStart + searched : start);
    lineStart = start - stepStart;
    searched = in.limit() - stepStart; // if the end is not there
    while (in.get() != '\n') {
      // it is further on
    }
    int length = in.position() - start - 1;
    lineStart = -1;
    byte[] line = new byte[length];
    in.position(start);
    in.get(line).get();
    boolean crLf = length > 0 && line[length - 1] == '\r';
    return new String(line, 0, crLf ? length - 1 : length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads so many bytes: for {@link #readFrame}. Nothing is allocated before all have come.
   *
   * @throws BufferUnderflowException if they have not come
   */
  protected static byte[] readBytes(IoBuffer in, int count) {
    if (in.remaining() < count) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  @Override
  public final void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
      throws FrameException {
    boolean done = false;
    int left = 0;
    try {
      int read = in.remaining();
      IoBuffer bytes = length == 0 ? in : joined(in);
      if (!readFrames(bytes, out)) {
        left = Math.min(read, bytes.remaining()); // more only if a frame looked ahead
      }
      int end = bytes.limit();
      keep(bytes.limit(end - left));
      bytes.limit(end);
      done = true;
    } finally {
      if (!done) {
        forget();
      }
      in.position(in.limit() - left);
    }
  }

  @Override
  public final boolean isInFrame(IoSession session, boolean guess) {
    return length > 0 || taken > 0;
  }

  private IoBuffer joined(IoBuffer in) {
    int sum = length + in.remaining();
    if (sum > unfinished.length) {
      unfinished = Arrays.copyOf(unfinished, Math.max(sum, 2 * length));
    }
    in.get(unfinished, length, in.remaining());
    return IoBuffer.wrap(unfinished, 0, sum);
  }

  /** Returns whether it has come to the end; if not, there were frames enough for now. */
  private boolean readFrames(IoBuffer in, ProtocolDecoderOutput out) throws FrameException {
    boolean progress = true;
    while (progress && in.hasRemaining()) {
      int start = in.position();
      Object frame = readStep(in, start);
      progress = in.position() > start;
      taken += in.position() - start;
      if (taken > maxFrameBytes) {
        throw tooLong();
      }
      if (frame != null) {
        taken = 0;
        out.write(frame);
        if (!FrameOutput.takesMore(out)) {
          return false;
        }
      }
    }
    if (taken + in.remaining() > maxFrameBytes) {
      throw tooLong();
    }
    return true;
  }

  private @Nullable Object readStep(IoBuffer in, int start) throws FrameException {
    stepStart = start;
    try {
      Object frame = readFrame(in);
      lineStart = -1;
      return frame;
    } catch (BufferUnderflowException more) {
      in.position(start);
      return null;
    }
  }

  private FrameException tooLong() {
    return new FrameException("frame too long: more than " + maxFrameBytes + " bytes");
  }

  /** Keeps what is left, in an array that is at most about twice as long. */
  private void keep(IoBuffer left) {
    int count = left.remaining();
    if (count == 0) {
      unfinished = NONE;
    } else if (length == 0 || unfinished.length > 2 * count + LEAST_ROOM) {
      byte[] kept = new byte[Math.max(count, LEAST_ROOM)];
      left.get(kept, 0, count);
      unfinished = kept;
    } else {
      System.arraycopy(unfinished, left.position(), unfinished, 0, count);
    }
    length = count;
  }

  private void forget() {
    unfinished = NONE;
    length = 0;
    taken = 0;
    lineStart = -1;
    reset();
  }

  /** The peer's end of stream: an unfinished frame will never be one. */
  @Override
  public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws FrameException {
    boolean cut = length > 0 || taken > 0;
    forget();
    if (cut) {
      throw new CutShortException("end of stream inside a frame");
    }
  }

  @Override
  public void dispose(IoSession session) {
    forget();
  }
}
