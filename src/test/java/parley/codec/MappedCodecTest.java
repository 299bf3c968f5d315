package parley.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.codec.Decoding.bytes;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MappedCodecTest {

  private static final Codec<BigInteger, BigInteger> NUMBERS =
      new MappedCodecFactory<>(
          new LengthFieldCodecFactory(1), MappedCodecTest::number, BigInteger::toByteArray);

  private static BigInteger number(byte[] frame) throws FrameException {
    if (frame.length == 0) {
      throw new FrameException("number of 0 bytes (expected: >= 1)");
    }
    return new BigInteger(frame);
  }

  /** Returns the same mapping over lines, and over itself. */
  static Stream<ProtocolCodecFactory> decimals() {
    return Stream.of(
        new MappedCodecFactory<>(
            new LineCodecFactory(), MappedCodecTest::decimal, Object::toString),
        new MappedCodecFactory<>(
            new MappedCodecFactory<>(
                new LineCodecFactory(),
                (String line) -> line.getBytes(UTF_8),
                MappedCodecTest::text),
            (byte[] line) -> decimal(text(line)),
            (BigInteger number) -> number.toString().getBytes(UTF_8)));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static BigInteger decimal(String line) throws FrameException {
    try {
      return new BigInteger(line);
    } catch (NumberFormatException e) {
      throw new FrameException("no number");
    }
  }

  @Test
  void eachFrameIsAnObject() throws Exception {
    byte[] stream = bytes(1, 7, 2, 1, 0);
    for (int cut = 0; cut <= stream.length; cut++) {
      assertThat(Decoding.cut(NUMBERS, stream, cut, stream.length))
          .containsExactly(BigInteger.valueOf(7), BigInteger.valueOf(256));
    }
    assertThat(new Decoding(NUMBERS).encode(BigInteger.valueOf(256))).isEqualTo(bytes(2, 1, 0));
  }

  @Test
  void anEmptyFrameIsTheLastOneAndLeavesNothing() throws Exception {
    Decoding decoding = new Decoding(NUMBERS);
    assertThatThrownBy(() -> decoding.decode(bytes(1, 7, 0, 1, 8, 9)))
        .isInstanceOf(FrameException.class)
        .hasMessage("number of 0 bytes (expected: >= 1)");
    assertThat(decoding.frames).containsExactly(BigInteger.valueOf(7));
    decoding.finish();
  }

  @ParameterizedTest
  @MethodSource("decimals")
  void theEndOfTheStreamMayEndAFrame(ProtocolCodecFactory codec) throws Exception {
    Decoding decoding = new Decoding(codec);
    decoding.decode("1\n-2\n30".getBytes(UTF_8));
    decoding.finish();
    assertThat(decoding.frames).map(Object::toString).containsExactly("1", "-2", "30");
    decoding.decode("x".getBytes(UTF_8));
    assertThatThrownBy(decoding::finish).isInstanceOf(FrameException.class).hasMessage("no number");
    decoding.finish();
    assertThat(text(decoding.encode(BigInteger.TEN))).isEqualTo("10\n");
  }

  @Test
  void messagesThatTheWriterRejectsFail() {
    assertThatThrownBy(() -> new Decoding(NUMBERS).encode("seven"))
        .isInstanceOf(ClassCastException.class);
  }
}
