package parley.codec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;

/**
 * Makes lines of text: frames are Strings, each ended by LF on the wire; CR LF is taken too.
 *
 * <pre>
 * +-----+-----+-----+------+------+
 * | 'A' | 'd' | 'a' | (CR) |  LF  |   decodes to "Ada", encodes from "Ada" without CR
 * +-----+-----+-----+------+------+
 * |&lt;- 0 to max bytes -&gt;|
 * </pre>
 *
 * <p>Refused with a {@link FrameException}: more than the limit without a delimiter, at the first
 * byte too many; and, at the end of its line, bytes that are not of the charset and a CR that no LF
 * follows. An unterminated last line before the peer's end of stream is a frame like any other. A
 * String that holds CR or LF cannot be encoded: its write fails.
 *
 * <p>MINA's {@link TextLineCodecFactory} with its decoder and encoder replaced; unlike there, the
 * length counts bytes without the delimiter. One factory serves all sessions; the decoder's state
 * is the session's own.
 */
public final class LineCodecFactory extends TextLineCodecFactory {

  /** The limit unless told otherwise, in bytes. */
  public static final int DEFAULT_MAX_LINE_BYTES = 1024;

  private static final AttributeKey DECODER = new AttributeKey(LineCodecFactory.class, "decoder");

  private final Charset charset;
  private final LineEncoder encoder;
  private volatile int maxLineBytes;
  private volatile int maxEncodedBytes = Integer.MAX_VALUE;

  /** UTF-8 lines of at most {@link #DEFAULT_MAX_LINE_BYTES}. */
  public LineCodecFactory() {
    this(StandardCharsets.UTF_8, DEFAULT_MAX_LINE_BYTES);
  }

  /**
   * Lines of a charset.
   *
   * @param charset one in which LF is the single byte 0A, such as UTF-8 or ISO-8859-1
   * @param maxLineBytes the longest line that is decoded, 1 to 2^30 bytes without the delimiter
   */
  public LineCodecFactory(Charset charset, int maxLineBytes) {
    super(charset);
    if (!Arrays.equals("\r\n".getBytes(charset), new byte[] {'\r', '\n'})) {
      throw new IllegalArgumentException(
          "charset: " + charset + " (expected: one with LF as the single byte 0A)");
    }
    this.charset = charset;
    this.maxLineBytes = checkMax(maxLineBytes);
    this.encoder = new LineEncoder(charset, this::getEncoderMaxLineLength);
  }

  private static int checkMax(int bytes) {
    if (bytes < 1 || bytes > 1 << 30) {
      throw new IllegalArgumentException(
          "max line bytes: " + bytes + " (expected: 1 to " + (1 << 30) + ")");
    }
    return bytes;
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) {
    return encoder;
  }

  @Override
  public ProtocolDecoder getDecoder(IoSession session) {
    ProtocolDecoder known = (ProtocolDecoder) session.getAttribute(DECODER);
    if (known == null) {
      known = new LineDecoder(charset, maxLineBytes);
      session.setAttribute(DECODER, known);
    }
    return known;
  }

  /** The longest line that is decoded, in bytes without the delimiter. */
  @Override
  public int getDecoderMaxLineLength() {
    return maxLineBytes;
  }

  /** Sets the longest line that is decoded, 1 to 2^30 bytes, for sessions that come from now on. */
  @Override
  public void setDecoderMaxLineLength(int bytes) {
    maxLineBytes = checkMax(bytes);
  }

  /** The longest line that is encoded, in bytes without the delimiter; no bound by default. */
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
