package example.resp;

import java.nio.charset.StandardCharsets;

/** Bytes as text, one character a byte, and numbers in it. */
final class Text {

  private Text() {}

  static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * A number as RESP writes it: no plus, no leading zero, no space.
   *
   * @throws NumberFormatException if the text is none, or has more than 64 bits
   */
  static long number(String text) {
    long number = Long.parseLong(text);
    if (!Long.toString(number).equals(text)) {
      throw new NumberFormatException();
    }
    return number;
  }
}
