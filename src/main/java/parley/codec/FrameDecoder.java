package parley.codec;

import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of one session's bytes, step by step, that keeps the bytes of the unfinished frame: the
 * base class of your own codecs. One instance serves one session, on its event loop.
 *
 * <p>It keeps at most the longest frame, plus one read while it decodes, in an array of up to twice
 * that size. Memory grows with the received bytes, never with a length that a header announces. A
 * longer frame is rejected at the first byte beyond the limit; the end of stream inside a frame is
 * rejected, too. After any error nothing is left of the unfinished frame.
 *
 * <pre>{@code
 * final class PairDecoder extends FrameDecoder<Short> {      // two bytes per frame
 *   PairDecoder() {
 *     super(2);
 *   }
 *
 *   protected Short readFrame(IoBuffer in) {
 *     return in.getShort();
 *   }
 * }
 * }</pre>
 *
 * @param <F> the type of the frames
 */
public abstract class FrameDecoder<F> implements ProtocolDecoder {

  /** The longest payload that this package's codecs allow, plus its length field. */
  private static final int MAX_FRAME_BYTES = (1 << 30) + 64;

  private final int maxFrameBytes;
  private final UnfinishedFrame unfinished = new UnfinishedFrame();
  private @Nullable IoBuffer input; // of the current step
  private long taken;

  private int stepStart;

  // How far readLine has searched in a step that will be tried again, from the step's start.
  private int lineStart = -1;
  private int searched;

  /**
   * Creates a decoder of frames up to a size.
   *
   * @param maxFrameBytes the longest frame, with all of its bytes on the wire, 1 to 2^30 + 64
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
   * Reads one frame, or one step of it. At the end of the received bytes, {@code in.get()} and
   * similar methods throw a BufferUnderflowException. This method is called again from the same
   * place when more has come. Therefore change fields only after everything that the step needs is
   * read. To read a frame in several steps, keep the parts that were read in fields, and return
   * null.
   *
   * <p>A part inside a frame does not grow, such as {@code in.getSlice(length)} or the bytes up to
   * a limit of {@code in}. A BufferUnderflowException in a part is a fault of this decoder, and
   * ends the session. {@link #require} rejects a peer's wrong length before that.
   *
   * <p>A limit or a position of {@code in} beyond the received bytes waits for more, like {@code
   * in.get()}. In a part, a limit may be lowered, or set back to an earlier one. Any other limit
   * there, or one before the position, causes an IllegalArgumentException. For parts inside parts
   * prefer {@code in.getSlice(length)}: if two limits are at the end of the received bytes, a read
   * past the inner one is detected only after the next byte has come.
   *
   * @param in the received bytes that are not taken yet, at least one; use only its limit, its
   *     position and the {@code get} methods that move it, and keep nothing of it
   * @return a frame, or null if it is not complete
   * @throws FrameException if this can never become a frame
   */
  protected abstract @Nullable F readFrame(IoBuffer in) throws FrameException;

  /**
   * Drops the parts of an unfinished frame that {@link #readFrame} keeps. Called after every error.
   */
  protected void reset() {}

  /**
   * Requires some bytes before they are read or memory is allocated for them. For {@link
   * #readFrame}.
   *
   * @param in the input, to which they may still come, or a part of it, which must have them
   *     already
   * @param count the number that the peer announced, of any value
   * @throws BufferUnderflowException if they have not come yet
   * @throws FrameException at once if the frame would be too long, the count is negative, or the
   *     part is shorter
   */
  protected final void require(IoBuffer in, long count) throws FrameException {
    if (count < 0) {
      throw new FrameException("length: " + count + " (expected: >= 0)");
    }
    if (in == input && taken + in.position() - stepStart + count > maxFrameBytes) {
      throw tooLong();
    }
    if (in.remaining() < count && !FrameInput.mayGrow(in)) {
      throw new FrameException(
          "length: " + count + " (expected: <= " + in.remaining() + ", the rest of its part)");
    }
    FrameInput.need(in, count);
  }

  /**
   * Skips some bytes after all of them have come. For {@link #readFrame}.
   *
   * @param in the input or a part of it
   * @param count the number that the peer announced, of any value
   * @throws BufferUnderflowException if they have not come yet
   * @throws FrameException like {@link #require}
   */
  protected final void skip(IoBuffer in, long count) throws FrameException {
    require(in, count);
    in.skip((int) count);
  }

  /**
   * Reads a line of ISO-8859-1, without its LF or CR LF. For {@link #readFrame}.
   *
   * @param in the input or a part of it
   * @return the line
   * @throws BufferUnderflowException if its end has not come yet
   */
  protected final String readLine(IoBuffer in) {
    return takeLine(in, lineLength(in));
  }

  /**
   * Reads a line of a bounded length, like {@link #readLine(IoBuffer)}.
   *
   * @param in the input or a part of it
   * @param maxBytes the longest line, without its end
   * @return the line
   * @throws BufferUnderflowException if its end has not come yet
   * @throws FrameException at the first byte beyond the bound
   */
  protected final String readLine(IoBuffer in, int maxBytes) throws FrameException {
    int length = lineLength(in);
    int most = length < 0 ? in.remaining() : length;
    if (most > maxBytes && (most > maxBytes + 1L || in.get(in.position() + maxBytes) != '\r')) {
      throw new FrameException("line too long: more than " + maxBytes + " bytes");
    }
    return takeLine(in, length);
  }

  /** Returns how many bytes are before the next LF, or -1. Searches no byte twice. */
  private int lineLength(IoBuffer in) {
    int start = in.position();
    boolean isInput = in == input;
    boolean again = isInput && start - stepStart == lineStart;
    in.position(again ? stepStart + searched : start);
    int end = in.indexOf((byte) '\n');
    in.position(start);
    if (isInput) {
      lineStart = end < 0 ? start - stepStart : -1;
      searched = in.limit() - stepStart;
    }
    return end < 0 ? -1 : end - start;
  }

  /** Reads a line of a given length; at -1 its end has not come yet. */
  private static String takeLine(IoBuffer in, int length) {
    if (length < 0) {
      FrameInput.need(in, in.remaining() + 1L);
    }
    byte[] line = new byte[length];
    in.get(line).get();
    boolean crLf = length > 0 && line[length - 1] == '\r';
    return new String(line, 0, crLf ? length - 1 : length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads some bytes; allocates nothing before all of them have come. For {@link #readFrame}.
   *
   * @param in the input or a part of it
   * @param count how many
   * @return the bytes
   * @throws BufferUnderflowException if they have not come yet
   */
  protected static byte[] readBytes(IoBuffer in, int count) {
    FrameInput.need(in, count);
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  @Override
  public final void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
      throws FrameException {
    int left = 0;
    try {
      int read = in.remaining();
      IoBuffer bytes = unfinished.with(in);
      if (!readFrames(bytes, read, out)) {
        left = bytes.remaining();
      }
      unfinished.keep(bytes, bytes.remaining() - left);
    } catch (FrameException | RuntimeException | Error e) {
      forget();
      throw e;
    } finally {
      input = null;
      in.position(in.limit() - left);
    }
  }

  final boolean isInFrame() {
    return !unfinished.isEmpty() || taken > 0;
  }

  /** Returns how many bytes of unfinished frames were copied so far, for a test. */
  final long copied() {
    return unfinished.copied();
  }

  /**
   * Returns false if the output takes no more frames now. It is called only after a byte of the
   * last read is taken, because a decoder that looked ahead may end a frame before that.
   */
  private boolean readFrames(IoBuffer bytes, int read, ProtocolDecoderOutput out)
      throws FrameException {
    FrameInput in = new FrameInput(bytes);
    input = in;
    boolean progress = true;
    while (progress && in.hasRemaining()) {
      int start = in.position();
      F frame = readStep(in, start);
      taken += in.position() - start;
      progress = in.position() > start || (frame != null && taken > 0);
      if (taken > maxFrameBytes) {
        throw tooLong();
      }
      if (frame != null) {
        taken = 0;
        out.write(frame);
        if (in.remaining() < read && !FrameOutput.takesMore(out)) {
          return false;
        }
      }
    }
    if (taken + in.remaining() > maxFrameBytes) {
      throw tooLong();
    }
    return true;
  }

  private @Nullable F readStep(FrameInput in, int start) throws FrameException {
    stepStart = start;
    try {
      F frame = readFrame(in);
      lineStart = -1;
      in.endPart();
      if (in.position() < start) {
        throw new IllegalStateException(
            getClass().getName() + " moved the position back before its frame");
      }
      return frame;
    } catch (FrameInput.RanOut more) {
      in.endPart();
      in.position(start);
      return null;
    } catch (BufferUnderflowException fault) {
      throw new IllegalStateException(
          getClass().getName()
              + " read past the end of a part of its frame (expected: check the part's length first,"
              + " for example with require, and throw a FrameException)",
          fault);
    }
  }

  private FrameException tooLong() {
    return new FrameException("frame too long: more than " + maxFrameBytes + " bytes");
  }

  private void forget() {
    unfinished.forget();
    taken = 0;
    lineStart = -1;
    reset();
  }

  @Override
  public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws FrameException {
    boolean cut = isInFrame();
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
