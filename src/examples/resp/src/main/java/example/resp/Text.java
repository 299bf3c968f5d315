package example.resp;

import java.nio.charset.StandardCharsets;

/** Conversions of bytes to text, one character per byte, and of numbers in it. */
final class Text {

  private Text() {}

  static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns a number as RESP writes it: without a plus, a leading zero or a space.
   *
   * @throws NumberFormatException if the text is not a number, or has more than 64 bits
   */
  static long number(String text) {
    long number = Long.parseLong(text);
    if (!Long.toString(number).equals(text)) {
      throw new NumberFormatException();
    }
    return number;
  }
}
