package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.codec.Decoding.bytes;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LengthFieldCodecTest {

  private static LengthFieldCodecFactory.Builder builder() {
    return LengthFieldCodecFactory.builder().maxFrameBytes(300);
  }

  /** A layout, a frame, and its bytes on the wire. */
  static Stream<Arguments> layouts() {
    byte[] ada = {'A', 'd', 'a'};
    return Stream.of(
        Arguments.of(builder().lengthBytes(1), ada, bytes(3, 'A', 'd', 'a')),
        Arguments.of(builder().lengthBytes(2), ada, bytes(0, 3, 'A', 'd', 'a')),
        Arguments.of(builder().lengthBytes(3), ada, bytes(0, 0, 3, 'A', 'd', 'a')),
        Arguments.of(builder().lengthBytes(4), ada, bytes(0, 0, 0, 3, 'A', 'd', 'a')),
        Arguments.of(
            builder().lengthBytes(3).byteOrder(ByteOrder.LITTLE_ENDIAN),
            ada,
            bytes(3, 0, 0, 'A', 'd', 'a')),
        Arguments.of(builder().varint(), ada, bytes(3, 'A', 'd', 'a')),
        Arguments.of(builder().offset(1), ada, bytes('A', 0, 2, 'd', 'a')),
        Arguments.of(builder().adjustment(-2), ada, bytes(0, 5, 'A', 'd', 'a')),
        Arguments.of(builder().offset(2).adjustment(-4), ada, bytes('A', 'd', 0, 5, 'a')),
        Arguments.of(builder().adjustment(1), ada, bytes(0, 2, 'A', 'd', 'a')),
        Arguments.of(builder(), new byte[0], bytes(0, 0)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void theFramesAreTheSameWhereverTheyAreCut(
      LengthFieldCodecFactory.Builder layout, byte[] frame, byte[] wire) throws Exception {
    LengthFieldCodecFactory factory = layout.build();
    assertThat(new Decoding(factory).encode(frame)).isEqualTo(wire);
    byte[] stream = new byte[3 * wire.length];
    for (int i = 0; i < stream.length; i++) {
      stream[i] = wire[i % wire.length];
    }
    for (int first = 0; first <= stream.length; first++) {
      for (int second = first; second <= stream.length; second++) {
        assertThat(Decoding.cut(factory, stream, first, second))
            .as("cut at %d and %d", first, second)
            .containsExactly(frame, frame, frame);
      }
    }
  }

  /** The lengths have the top bit set: each byte is unsigned. */
  @ParameterizedTest
  @MethodSource("layouts")
  void framesUpToTheLimitSurviveARoundTrip(
      LengthFieldCodecFactory.Builder layout, byte[] unusedFrame, byte[] unusedWire)
      throws Exception {
    LengthFieldCodecFactory factory = layout.maxFrameBytes(255).build();
    for (int length = 3; length <= 255; length++) {
      byte[] frame = new byte[length];
      Decoding decoding = new Decoding(factory);
      for (byte each : decoding.encode(frame)) {
        decoding.decode(new byte[] {each});
      }
      assertThat(decoding.frames).containsExactly(frame);
    }
  }

  @Test
  void oneByteMoreThanTheLimitIsRefusedWhenItsLengthIsThere() throws Exception {
    LengthFieldCodecFactory factory = builder().build();
    Decoding decoding = new Decoding(factory);
    decoding.decode(bytes(301 >> 8));
    assertThatThrownBy(() -> decoding.decode(bytes(301 & 0xFF)))
        .isInstanceOf(FrameException.class)
        .hasMessage("frame too long: 301 bytes (expected: <= 300)");
    decoding.decode(bytes(0, 1, 'x'));
    assertThat(decoding.frames).as("nothing survives the error").containsExactly(bytes('x'));
    assertThatThrownBy(() -> decoding.encode(new byte[301]))
        .hasMessage("frame of 301 bytes (expected: 0 to 300)");
  }

  @Test
  void lengthsOfThirtyTwoBitsAreUnsigned() {
    for (var layout : List.of(builder().lengthBytes(4), builder().varint())) {
      Decoding decoding = new Decoding(layout.build());
      byte[] most = bytes(0xFF, 0xFF, 0xFF, 0xFF, 0x0F);
      assertThatThrownBy(() -> decoding.decode(most))
          .hasMessage("frame too long: 4294967295 bytes (expected: <= 300)");
    }
  }

  @Test
  void aNegativeLengthIsRefused() throws Exception {
    Decoding decoding = new Decoding(builder().adjustment(-2).build());
    assertThatThrownBy(() -> decoding.decode(bytes(0, 1)))
        .isInstanceOf(FrameException.class)
        .hasMessage("length: 1 (expected: >= 2)");
  }

  @Test
  void varintsThatAreTooLongAreRefusedAndUnusedBitsAreNot() throws Exception {
    LengthFieldCodecFactory factory = builder().varint().build();
    assertThatThrownBy(() -> new Decoding(factory).decode(bytes(0x80, 0x80, 0x80, 0x80, 0x80)))
        .hasMessage("varint too long: more than 5 bytes");
    assertThatThrownBy(() -> new Decoding(factory).decode(bytes(0xFF, 0xFF, 0xFF, 0xFF, 0x1F)))
        .hasMessage("varint too large: more than 32 bits");
    Decoding decoding = new Decoding(factory);
    decoding.decode(bytes(0x81, 0x00, 'x'));
    assertThat(decoding.frames).containsExactly(bytes('x'));
    assertThat(decoding.encode(new byte[300])).startsWith(0xAC, 0x02).hasSize(302);
  }

  @Test
  void aFrameThatIsTooLongForTheFieldIsNotEncoded() {
    Decoding decoding = new Decoding(builder().lengthBytes(1).build());
    assertThatThrownBy(() -> decoding.encode(new byte[256]))
        .hasMessage("length: 256 (expected: 0 to 255)");
    assertThatThrownBy(() -> new Decoding(builder().offset(4).build()).encode(new byte[3]))
        .hasMessage("frame of 3 bytes (expected: 4 to 300)");
    assertThatThrownBy(() -> decoding.encode("text"))
        .hasMessage("message: java.lang.String (expected: byte[])");
  }

  @Test
  void theEndOfStreamInsideAFrameIsRefused() throws Exception {
    for (byte[] part : List.of(bytes(0), bytes(0, 2), bytes(0, 2, 'x'))) {
      Decoding decoding = new Decoding(builder().build());
      decoding.decode(part);
      assertThatThrownBy(decoding::finish)
          .isInstanceOf(FrameException.class)
          .hasMessage("end of stream inside a frame");
      decoding.finish();
    }
  }

  @Test
  void aBadLayoutIsRefused() {
    assertThatThrownBy(() -> builder().lengthBytes(5))
        .hasMessage("length bytes: 5 (expected: 1 to 4)");
    assertThatThrownBy(() -> builder().offset(-1)).hasMessage("offset: -1 (expected: 0 to 1024)");
    assertThatThrownBy(() -> builder().adjustment(-1025))
        .hasMessage("adjustment: -1025 (expected: -1024 to 1024)");
    assertThatThrownBy(() -> builder().maxFrameBytes(0))
        .hasMessage("max frame bytes: 0 (expected: 1 to 1073741824)");
  }
}
