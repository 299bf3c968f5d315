package parley.codec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.mina.filter.codec.textline.LineDelimiter;

/** The end of a line: the delimiter's bytes, and whether LF alone will do. */
final class LineEnd {

  /** The longest delimiter. */
  static final int MAX_BYTES = 16;

  private final byte[] delimiter;
  private final boolean lfAlone;

  /**
   * The end of a MINA delimiter in a charset.
   *
   * @throws IllegalArgumentException if the charset cannot encode the delimiter, or may have the
   *     delimiter's bytes inside a character, or the delimiter is longer than 16 bytes
   */
  LineEnd(LineDelimiter delimiter, Charset charset) {
    lfAlone = delimiter.equals(LineDelimiter.AUTO);
    String text = lfAlone ? LineDelimiter.CRLF.getValue() : delimiter.getValue();
    if (!charset.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "delimiter: " + escaped(text) + " (expected: characters that " + charset + " has)");
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
              + " (expected: one with the delimiter as bytes of its own, such as UTF-8)");
    }
  }

  /** Returns a charset that can encode; rejects one that only decodes, as those that guess do. */
  static Charset checked(Charset charset) {
    if (!charset.canEncode()) {
      throw new IllegalArgumentException(
          "charset: " + charset + " (expected: one that can encode, such as UTF-8)");
    }
    return charset;
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(c -> c > ' ' && c <= '~' ? (char) c + "" : String.format("\\u%04x", c))
        .collect(Collectors.joining());
  }

  /**
   * Returns whether these bytes are the delimiter wherever they are: control characters of one byte
   * are, and so are all characters of UTF-8 or of a charset with single bytes.
   */
  private static boolean isFound(String text, byte[] bytes, Charset charset) {
    if (text.chars().allMatch(c -> c < ' ')) {
      return Arrays.equals(bytes, text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return charset.equals(StandardCharsets.UTF_8) || charset.newEncoder().maxBytesPerChar() == 1;
  }

  /** Returns the bytes that the encoder puts after a line. */
  byte[] sent() {
    return lfAlone ? new byte[] {'\n'} : delimiter;
  }

  byte last() {
    return delimiter[delimiter.length - 1];
  }

  /** Returns whether lines hold neither CR nor LF: other software would end the line there. */
  boolean isOfText() {
    return delimiter.length == 2 && delimiter[0] == '\r' && delimiter[1] == '\n';
  }

  /** Returns the delimiters of text, for a message. */
  String expected() {
    return lfAlone ? "LF or CR LF" : "CR LF";
  }

  /** Whether an unterminated line at the end of stream is a line. */
  boolean isOptionalAtTheEnd() {
    return lfAlone;
  }

  /** The length of the delimiter that ends at {@code to}, or 0 if none does. */
  int whole(byte[] bytes, int from, int to) {
    if (endsWith(bytes, from, to, delimiter.length)) {
      return delimiter.length;
    }
    return lfAlone && to > from && bytes[to - 1] == '\n' ? 1 : 0;
  }

  /** How many bytes before {@code to} may be the beginning of a delimiter, or all of it. */
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
