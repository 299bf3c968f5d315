package parley.codec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;

/**
 * A codec of text lines: frames are Strings, each followed by a delimiter on the wire.
 *
 * <pre>
 * new LineCodecFactory()                                  LF, and CR LF is accepted too
 * +-----+-----+-----+------+------+
 * | 'A' | 'd' | 'a' | (CR) |  LF  |      decodes to "Ada", encodes from "Ada" without CR
 * +-----+-----+-----+------+------+
 * |&lt;- 0 to max bytes -&gt;|
 *
 * new LineCodecFactory(UTF_8, LineDelimiter.CRLF, 1024)   CR LF and nothing else
 * +-----+-----+-----+------+------+
 * | 'A' | 'd' | 'a' |  CR  |  LF  |
 * +-----+-----+-----+------+------+
 *
 * new LineCodecFactory(UTF_8, LineDelimiter.NUL, 1024)    or any other delimiter
 * +-----+-----+-----+------+
 * | 'A' | 'd' | 'a' | 0x00 |
 * +-----+-----+-----+------+
 * </pre>
 *
 * <p>The decoder rejects these lines with a {@link FrameException}:
 *
 * <ul>
 *   <li>a line that is too long, at the first byte beyond the limit;
 *   <li>bytes that are not valid in the charset, at the end of their line;
 *   <li>a CR without an LF after it, at the end of its line, where lines end in LF or CR LF;
 *   <li>an LF without a CR before it, where lines end in CR LF only.
 * </ul>
 *
 * <p>At the peer's end of stream, an unterminated last line is a frame if LF and CR LF are
 * accepted. With another delimiter it was cut short, and is rejected.
 *
 * <p>The write of a String fails if it contains its delimiter, or CR or LF where those end lines.
 *
 * <p>This is MINA's {@link TextLineCodecFactory} with another decoder and encoder. Unlike MINA's
 * lengths, its lengths count bytes without the delimiter. One factory serves all sessions.
 */
public final class LineCodecFactory extends TextLineCodecFactory implements Codec<String, String> {

  /** The default limit of a line, in bytes. */
  public static final int DEFAULT_MAX_LINE_BYTES = 1024;

  private final FrameCodecFactory<String, String> frames;
  private volatile int maxLineBytes;
  private volatile int maxEncodedBytes = Integer.MAX_VALUE;

  /** Creates a codec of UTF-8 lines of at most {@link #DEFAULT_MAX_LINE_BYTES}. */
  public LineCodecFactory() {
    this(StandardCharsets.UTF_8, DEFAULT_MAX_LINE_BYTES);
  }

  /**
   * Creates a codec of lines that end in LF or CR LF.
   *
   * @param charset a charset in which LF is the single byte 0A, such as UTF-8 or ISO-8859-1
   * @param maxLineBytes the longest line that is decoded, 1 to 2^30 bytes without the delimiter
   */
  public LineCodecFactory(Charset charset, int maxLineBytes) {
    this(charset, LineDelimiter.AUTO, maxLineBytes);
  }

  /**
   * Creates a codec of lines that end in a delimiter.
   *
   * @param charset a charset that has the delimiter's bytes only in the delimiter. For control
   *     characters, it may be any charset where they are single bytes, such as UTF-8; for other
   *     characters, UTF-8 or a single-byte charset
   * @param delimiter {@code AUTO} for LF or CR LF, otherwise exactly this one, of at most 16 bytes
   * @param maxLineBytes the longest line that is decoded, 1 to 2^30 bytes without the delimiter
   */
  public LineCodecFactory(Charset charset, LineDelimiter delimiter, int maxLineBytes) {
    super(LineEnd.checked(charset));
    LineEnd end = new LineEnd(delimiter, charset);
    this.maxLineBytes = checkMax(maxLineBytes);
    this.frames =
        new FrameCodecFactory<>(
            () -> new LineDecoder(charset, end, this.maxLineBytes),
            new FrameCodecFactory.BufferEncoder(
                new LineEncoder(charset, end, this::getEncoderMaxLineLength)));
  }

  private static int checkMax(int bytes) {
    return FrameDecoder.within("max line bytes", bytes, 1, 1 << 30);
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) {
    return frames.getEncoder(session);
  }

  @Override
  public ProtocolDecoder getDecoder(IoSession session) {
    return frames.getDecoder(session);
  }

  FrameCodecFactory<String, String> frames() {
    return frames;
  }

  /** {@return the longest line that is decoded, in bytes without the delimiter} */
  @Override
  public int getDecoderMaxLineLength() {
    return maxLineBytes;
  }

  /** Sets the longest line that is decoded, 1 to 2^30 bytes, for new sessions. */
  @Override
  public void setDecoderMaxLineLength(int bytes) {
    maxLineBytes = checkMax(bytes);
  }

  /**
   * {@return the longest line that is encoded, in bytes without the delimiter; no bound by default}
   */
  @Override
  public int getEncoderMaxLineLength() {
    return maxEncodedBytes;
  }

  /** Sets the longest line that is encoded, at least 1 byte. */
  @Override
  public void setEncoderMaxLineLength(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("max line bytes: " + bytes + " (expected: >= 1)");
    }
    maxEncodedBytes = bytes;
  }
}
