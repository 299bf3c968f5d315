package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;

class LineCodecTest {

  private static final int MAX = 8;

  private final LineCodecFactory factory = new LineCodecFactory(StandardCharsets.UTF_8, MAX);
  private final IoSession session = new DummySession();
  private final List<Object> lines = new ArrayList<>();
  private final ProtocolDecoderOutput out =
      new ProtocolDecoderOutput() {
        @Override
        public void write(Object line) {
          lines.add(line);
        }

        @Override
        public void flush(NextFilter next, IoSession flushed) {}
      };

  private ProtocolDecoder decoder() {
    return factory.getDecoder(session);
  }

  private void decode(byte[] bytes) throws Exception {
    decoder().decode(session, IoBuffer.wrap(bytes), out);
  }

  private void decode(String text) throws Exception {
    decode(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLinesAreTheSameWhereverTheBytesAreCutInThree() throws Exception {
    byte[] bytes = "a\n\nGrüße\r\n12345678\r\n\r\nlast\n".getBytes(StandardCharsets.UTF_8);
    for (int first = 0; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        lines.clear();
        decode(Arrays.copyOfRange(bytes, 0, first));
        decode(Arrays.copyOfRange(bytes, first, second));
        decode(Arrays.copyOfRange(bytes, second, bytes.length));
        assertThat(lines)
            .as("cut at %d and %d", first, second)
            .containsExactly("a", "", "Grüße", "12345678", "", "last");
      }
    }
    decoder().finishDecode(session, out);
    assertThat(lines).as("nothing is left over").hasSize(6);
  }

  @Test
  void acceptsDirectBuffersAndSlices() throws Exception {
    IoBuffer direct = IoBuffer.allocate(16, true);
    direct.put("a\nb\n".getBytes(StandardCharsets.UTF_8)).flip();
    decoder().decode(session, direct, out);
    IoBuffer whole = IoBuffer.wrap("xxc\nxx".getBytes(StandardCharsets.UTF_8));
    decoder().decode(session, whole.getSlice(2, 2), out);
    assertThat(lines).containsExactly("a", "b", "c");
  }

  @Test
  void refusesAtTheFirstExcessByte() throws Exception {
    decode("12345678\r"); // with LF it would be a line
    assertThatThrownBy(() -> decode("9"))
        .isInstanceOf(FrameException.class)
        .hasMessage("line too long: more than 8 bytes");
    decode("new\n");
    assertThat(lines).as("state does not survive the error").containsExactly("new");
    assertThatThrownBy(() -> decode("123456789")).isInstanceOf(FrameException.class);
    assertThatThrownBy(() -> decode("123456789\n")).isInstanceOf(FrameException.class);
    assertThatThrownBy(() -> decode("12345678\r\r")).isInstanceOf(FrameException.class);
    assertThatThrownBy(() -> decode("x".repeat(100_000))).isInstanceOf(FrameException.class);
  }

  @Test
  void refusesBytesThatAreInvalidInTheCharset() throws Exception {
    for (byte[] bad :
        new byte[][] {
          {(byte) 0xFF, '\n'},
          {(byte) 0xC3, '\n'}, // cut short
          {(byte) 0xC0, (byte) 0x80, '\n'}, // overlong
          {(byte) 0xED, (byte) 0xA0, (byte) 0x80, '\n'} // a surrogate
        }) {
      assertThatThrownBy(() -> decode(bad))
          .isInstanceOf(FrameException.class)
          .hasMessage("line is not UTF-8");
    }
    decode("\uFFFD\n");
    assertThat(lines).containsExactly("\uFFFD");
  }

  @Test
  void anUnterminatedLastLineIsALineAtTheEnd() throws Exception {
    decode("a\nlast");
    decoder().finishDecode(session, out);
    decoder().finishDecode(session, out);
    assertThat(lines).containsExactly("a", "last");
  }

  @Test
  void sessionsShareNothing() throws Exception {
    IoSession other = new DummySession();
    decode("half");
    factory.getDecoder(other).decode(other, IoBuffer.wrap(new byte[] {'x', '\n'}), out);
    decode("\n");
    assertThat(lines).containsExactly("x", "half");
  }

  @Test
  void encodesOneLineAndRefusesTwo() throws Exception {
    List<Object> encoded = new ArrayList<>();
    ProtocolEncoderOutput to = encoded::add;
    factory.getEncoder(session).encode(session, "Grüße", to);
    assertThat(encoded).containsExactly(IoBuffer.wrap("Grüße\n".getBytes(StandardCharsets.UTF_8)));
    for (String smuggled : List.of("a\nb", "a\n", "a\r", "\rb")) {
      assertThatThrownBy(() -> factory.getEncoder(session).encode(session, smuggled, to))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("inside a line, at index");
    }
    factory.setEncoderMaxLineLength(3);
    assertThatThrownBy(() -> factory.getEncoder(session).encode(session, "four", to))
        .hasMessage("line of 4 bytes (expected: <= 3)");
    assertThat(encoded).hasSize(1);
  }

  @Test
  void isMinasFactoryWithItsSettings() {
    TextLineCodecFactory mina = factory;
    assertThat(mina.getDecoderMaxLineLength()).isEqualTo(MAX);
    mina.setDecoderMaxLineLength(9);
    assertThat(mina.getDecoderMaxLineLength()).isEqualTo(9);
    assertThatThrownBy(() -> mina.setDecoderMaxLineLength(0))
        .hasMessageContaining("0 (expected: 1");
    assertThatThrownBy(() -> new LineCodecFactory(StandardCharsets.UTF_16, 1))
        .hasMessageContaining(
            "UTF-16 (expected: a charset with the delimiter's bytes only in the delimiter, such as UTF-8)");
  }
}
