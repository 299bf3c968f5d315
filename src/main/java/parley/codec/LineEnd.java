package parley.codec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.mina.filter.codec.textline.LineDelimiter;

/** The end of a line: the delimiter's bytes, and whether LF alone is enough. */
final class LineEnd {

  /** The length of the longest delimiter. */
  static final int MAX_BYTES = 16;

  private final byte[] delimiter;
  private final boolean lfAlone;

  /**
   * Creates the line end of a MINA delimiter in a charset.
   *
   * @throws IllegalArgumentException if the charset cannot encode the delimiter or may have its
   *     bytes inside a character, or if the delimiter is longer than 16 bytes
   */
  LineEnd(LineDelimiter delimiter, Charset charset) {
    lfAlone = delimiter.equals(LineDelimiter.AUTO);
    String text = lfAlone ? LineDelimiter.CRLF.getValue() : delimiter.getValue();
    if (!charset.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "delimiter: "
              + escaped(text)
              + " (expected: characters that "
              + charset
              + " can encode)");
    }
    this.delimiter = text.getBytes(charset);
    if (this.delimiter.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "delimiter of " + this.delimiter.length + " bytes (expected: 1 to " + MAX_BYTES + ")");
    }
    if (!isFound(text, this.delimiter, charset)) {
      throw new IllegalArgumentException(
          "charset: "
              + charset
              + " (expected: a charset with the delimiter's bytes only in the delimiter,"
              + " such as UTF-8)");
    }
  }

  /**
   * Returns the charset if it can encode; rejects one that only decodes, such as auto-detection.
   */
  static Charset checked(Charset charset) {
    if (!charset.canEncode()) {
      throw new IllegalArgumentException(
          "charset: " + charset + " (expected: a charset that can encode, such as UTF-8)");
    }
    return charset;
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(c -> c > ' ' && c <= '~' ? (char) c + "" : String.format("\\u%04x", c))
        .collect(Collectors.joining());
  }

  /**
   * Returns whether these bytes always mean the delimiter. Control characters of one byte do, and
   * so do all characters of UTF-8 or of a single-byte charset.
   */
  private static boolean isFound(String text, byte[] bytes, Charset charset) {
    if (text.chars().allMatch(c -> c < ' ')) {
      return Arrays.equals(bytes, text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return charset.equals(StandardCharsets.UTF_8) || charset.newEncoder().maxBytesPerChar() == 1;
  }

  /** Returns the delimiter's bytes, which the encoder puts after a line. */
  byte[] sent() {
    return lfAlone ? new byte[] {'\n'} : delimiter;
  }

  byte last() {
    return delimiter[delimiter.length - 1];
  }

  /**
   * Returns whether lines must not contain CR or LF, because other software would end the line
   * there.
   */
  boolean isOfText() {
    return delimiter.length == 2 && delimiter[0] == '\r' && delimiter[1] == '\n';
  }

  /** Returns the delimiters of text, for an error message. */
  String expected() {
    return lfAlone ? "LF or CR LF" : "CR LF";
  }

  /** Returns whether an unterminated line at the end of stream is a line. */
  boolean isOptionalAtTheEnd() {
    return lfAlone;
  }

  /** Returns the length of the delimiter that ends at {@code to}, or 0 if none does. */
  int whole(byte[] bytes, int from, int to) {
    if (endsWith(bytes, from, to, delimiter.length)) {
      return delimiter.length;
    }
    return lfAlone && to > from && bytes[to - 1] == '\n' ? 1 : 0;
  }

  /** Returns how many bytes before {@code to} may be the start of a delimiter, or all of it. */
  int begun(byte[] bytes, int from, int to) {
    for (int count = delimiter.length; count > 0; count--) {
      if (endsWith(bytes, from, to, count)) {
        return count;
      }
    }
    return whole(bytes, from, to);
  }

  private boolean endsWith(byte[] bytes, int from, int to, int count) {
    if (to - from < count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (bytes[to - count + i] != delimiter[i]) {
        return false;
      }
    }
    return true;
  }
}
