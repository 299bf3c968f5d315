package bench.load;

import java.nio.ByteBuffer;

/** Thrown when an answer is wrong or missing; the run is void. */
@SuppressWarnings("serial")
final class WrongAnswerException extends RuntimeException {

  private static final int SHOWN_BYTES = 48;

  /** Shows bytes of a connection's answers, from an offset. */
  WrongAnswerException(int connection, long offset, ByteBuffer expected, ByteBuffer got) {
    this(connection, offset, text(expected), text(got));
  }

  WrongAnswerException(int connection, long offset, String expected, String got) {
    super(
        ("connection " + connection + ", offset " + offset)
            + (": expected " + expected + ", got " + got));
  }

  static String text(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = bytes.position(); i < bytes.limit() && text.length() < SHOWN_BYTES; i++) {
      int each = bytes.get(i) & 0xff;
      if (each == '\n') {
        text.append("\\n");
      } else if (each < 0x20 || each > 0x7e || each == '"' || each == '\\') {
        text.append(String.format("\\x%02x", each));
      } else {
        text.append((char) each);
      }
    }
    return text.append('"').toString();
  }
}
