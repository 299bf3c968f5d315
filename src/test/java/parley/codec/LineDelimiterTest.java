package parley.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that end in another delimiter than LF. */
class LineDelimiterTest {

  private static final int MAX = 8;

  private static LineCodecFactory lines(String delimiter) {
    return new LineCodecFactory(UTF_8, new LineDelimiter(delimiter), MAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\0", "|", "||", "ab", "aab", "\r\n.\r\n", "ß"})
  void theLinesAreTheSameWhereverTheyAreCut(String delimiter) throws Exception {
    LineCodecFactory factory = lines(delimiter);
    byte[] stream = ("a#x#ü##12345678#".replace("#", delimiter)).getBytes(UTF_8);
    for (int first = 0; first <= stream.length; first++) {
      for (int second = first; second <= stream.length; second++) {
        assertThat(Decoding.cut(factory, stream, first, second))
            .as("cut at %d and %d", first, second)
            .containsExactly("a", "x", "ü", "", "12345678");
      }
    }
    assertThat(new Decoding(factory).encode("ü")).isEqualTo(("ü" + delimiter).getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\0", "||", "\r\n.\r\n"})
  void refusesAtTheFirstByteThatCannotBelongToTheDelimiter(String delimiter) throws Exception {
    byte[] whole = ("12345678" + delimiter).getBytes(UTF_8);
    for (int cut = 1; cut <= whole.length; cut++) {
      Decoding decoding = new Decoding(lines(delimiter));
      decoding.decode(java.util.Arrays.copyOf(whole, cut));
      decoding.decode(java.util.Arrays.copyOfRange(whole, cut, whole.length));
      assertThat(decoding.frames).containsExactly("12345678");
      if (cut >= MAX && cut < whole.length) {
        Decoding other = new Decoding(lines(delimiter));
        other.decode(java.util.Arrays.copyOf(whole, cut));
        assertThatThrownBy(() -> other.decode(new byte[] {'x'}))
            .isInstanceOf(FrameException.class)
            .hasMessage("line too long: more than 8 bytes");
      }
    }
  }

  @Test
  void withCrLfNothingElseEndsALine() {
    for (String bad : new String[] {"a\n", "\n", "a\r\n\n"}) {
      assertThatThrownBy(() -> new Decoding(lines("\r\n")).decode(bad.getBytes(UTF_8)))
          .as(bad)
          .isInstanceOf(FrameException.class)
          .hasMessage("line feed without a carriage return (expected: CR LF)");
      assertThatThrownBy(
              () -> {
                Decoding decoding = new Decoding(lines("\r\n"));
                for (byte each : bad.getBytes(UTF_8)) {
                  decoding.decode(new byte[] {each});
                }
              })
          .as("%s byte by byte", bad)
          .isInstanceOf(FrameException.class);
    }
    assertThatThrownBy(() -> new Decoding(lines("\r\n")).decode("a\rb\r\n".getBytes(UTF_8)))
        .hasMessage("carriage return inside a line (expected: CR LF at its end)");
  }

  @Test
  void aReturnInsideALineIsRefusedWhereverTheReadsAreCut() {
    byte[] whole = "ok\r\na\rb\r\nc\r\n".getBytes(UTF_8);
    for (int cut = 0; cut <= whole.length; cut++) {
      byte[] first = java.util.Arrays.copyOf(whole, cut);
      byte[] second = java.util.Arrays.copyOfRange(whole, cut, whole.length);
      Decoding decoding = new Decoding(lines("\r\n"));
      assertThatThrownBy(
              () -> {
                decoding.decode(first);
                decoding.decode(second);
              })
          .as("cut at %s", cut)
          .hasMessage("carriage return inside a line (expected: CR LF at its end)");
      assertThat(decoding.frames).containsExactly("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\0", "|"})
  void anUnterminatedLastLineIsIncomplete(String delimiter) throws Exception {
    Decoding decoding = new Decoding(lines(delimiter));
    decoding.decode("a".getBytes(UTF_8));
    assertThatThrownBy(decoding::finish)
        .isInstanceOf(FrameException.class)
        .hasMessage("end of stream inside a line");
    decoding.finish();
    assertThat(decoding.frames).isEmpty();
  }

  @Test
  void noLineIsEncodedThatWouldEndEarly() throws Exception {
    assertThatThrownBy(() -> new Decoding(lines("|")).encode("a|b"))
        .hasMessage("delimiter inside a line, at byte 1");
    assertThatThrownBy(() -> new Decoding(lines("||")).encode("a|"))
        .as("in a||| the first two end the line")
        .hasMessage("delimiter inside a line, at byte 1");
    assertThatThrownBy(() -> new Decoding(lines("\r\n")).encode("a\n"))
        .hasMessage("LF inside a line, at index 1");
    assertThat(new Decoding(lines("||")).encode("|a")).isEqualTo("|a||".getBytes(UTF_8));
    assertThat(new Decoding(lines("\0")).encode("a\nb")).isEqualTo("a\nb\0".getBytes(UTF_8));
  }

  @Test
  void aDelimiterThatMayBePartOfACharacterIsRefused() {
    Charset shiftJis = Charset.forName("Shift_JIS");
    assertThatThrownBy(() -> new LineCodecFactory(shiftJis, new LineDelimiter("|"), MAX))
        .hasMessageContaining(
            "Shift_JIS (expected: a charset with the delimiter's bytes only in the delimiter");
    assertThat(new LineCodecFactory(shiftJis, LineDelimiter.NUL, MAX)).isNotNull();
    assertThatThrownBy(() -> new LineCodecFactory(Charset.forName("IBM037"), MAX))
        .as("its LF is another byte")
        .hasMessageContaining("IBM037 (expected: ");
    assertThat(new LineCodecFactory(ISO_8859_1, new LineDelimiter("ß"), MAX)).isNotNull();
    assertThatThrownBy(() -> lines("x".repeat(17)))
        .hasMessage("delimiter of 17 bytes (expected: 1 to 16)");
  }

  /**
   * The charset would replace the delimiter with a question mark, which would end lines in the
   * middle.
   */
  @ParameterizedTest
  @CsvSource({
    "ISO-8859-1, \u20ac, \\u20ac",
    "US-ASCII, \u00df, \\u00df",
    "US-ASCII, a\u00df, a\\u00df",
    "windows-1252, \u4e00, \\u4e00"
  })
  void aDelimiterThatItsCharsetDoesNotHaveIsRefused(String name, String delimiter, String escaped) {
    Charset charset = Charset.forName(name);
    assertThatThrownBy(() -> new LineCodecFactory(charset, new LineDelimiter(delimiter), MAX))
        .hasMessage(
            "delimiter: " + escaped + " (expected: characters that " + name + " can encode)");
  }

  @Test
  void halfACharacterIsNotADelimiter() {
    assertThatThrownBy(() -> lines("\n\ud800"))
        .hasMessage("delimiter: \\u000a\\ud800 (expected: characters that UTF-8 can encode)");
    assertThat(lines("\ud83d\ude00")).isNotNull();
  }

  @Test
  void aCharsetThatCannotEncodeIsRefused() {
    Charset guessing = Charset.forName("x-JISAutoDetect");
    assertThatThrownBy(() -> new LineCodecFactory(guessing, LineDelimiter.NUL, MAX))
        .hasMessage(
            "charset: x-JISAutoDetect (expected: a charset that can encode, such as UTF-8)");
    assertThatThrownBy(() -> new LineCodecFactory(guessing, MAX))
        .hasMessageStartingWith("charset: x-JISAutoDetect (expected: ");
  }
}
