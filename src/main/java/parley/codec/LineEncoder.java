package parley.codec;

import java.nio.charset.Charset;
import java.util.function.IntSupplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** Encodes one message as one line: its text, then LF. Keeps no state. */
final class LineEncoder implements ProtocolEncoder {

  private final Charset charset;
  private final IntSupplier maxBytes;

  LineEncoder(Charset charset, IntSupplier maxBytes) {
    this.charset = charset;
    this.maxBytes = maxBytes;
  }

  /**
   * Refuses what would not arrive as it was meant.
   *
   * @throws IllegalArgumentException if the text holds CR or LF (a second line smuggled in) or is
   *     too long; the message gives the place, not the text
   */
  @Override
  public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
    String line = message.toString();
    refuse(line, '\n', "LF");
    refuse(line, '\r', "CR");
    byte[] text = line.getBytes(charset);
    refuseReplaced(line, text);
    if (text.length > maxBytes.getAsInt()) {
      throw new IllegalArgumentException(
          "line of " + text.length + " bytes (expected: <= " + maxBytes.getAsInt() + ")");
    }
    IoBuffer buffer = IoBuffer.allocate(text.length + 1);
    buffer.put(text).put((byte) '\n').flip();
    out.write(buffer);
  }

  /** What the charset does not have was replaced by a question mark. */
  private void refuseReplaced(String line, byte[] text) {
    int marks = 0;
    for (byte each : text) {
      marks += each == '?' ? 1 : 0;
    }
    if (marks > 0 && marks != line.chars().filter(c -> c == '?').count()) {
      throw new IllegalArgumentException("line holds characters that " + charset + " has not");
    }
  }

  private static void refuse(String line, char delimiter, String name) {
    int at = line.indexOf(delimiter);
    if (at >= 0) {
      throw new IllegalArgumentException(name + " inside a line, at index " + at);
    }
  }

  @Override
  public void dispose(IoSession session) {}
}
