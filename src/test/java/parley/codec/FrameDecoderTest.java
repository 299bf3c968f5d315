package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.codec.Decoding.bytes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {

  /** A count, then that many numbers of two bytes, each read in one step. */
  private static final class Numbers extends FrameDecoder<List<Short>> {

    private final List<Short> numbers = new ArrayList<>();
    private int missing = -1;

    Numbers() {
      super(9);
    }

    @Override
    protected List<Short> readFrame(IoBuffer in) throws FrameException {
      if (missing < 0) {
        missing = in.get();
        if (missing < 0) {
          throw new FrameException("count: " + missing);
        }
      } else {
        numbers.add(in.getShort());
        missing--;
      }
      if (missing > 0) {
        return null;
      }
      List<Short> frame = List.copyOf(numbers);
      reset();
      return frame;
    }

    @Override
    protected void reset() {
      numbers.clear();
      missing = -1;
    }
  }

  private static final Codec<List<Short>, List<Short>> NUMBERS =
      new FrameCodecFactory<>(
          Numbers::new,
          (List<Short> numbers, IoBuffer out) -> {
            out.put((byte) numbers.size());
            numbers.forEach(out::putShort);
          });

  @Test
  void stepsContinueWhereverTheyWereCut() throws Exception {
    byte[] stream = bytes(2, 0, 7, 1, 0, 0, 3, 0, 1, 0, 2, 0xFF, 0xFF);
    for (int first = 0; first <= stream.length; first++) {
      for (int second = first; second <= stream.length; second++) {
        assertThat(Decoding.cut(NUMBERS, stream, first, second))
            .containsExactly(
                List.of((short) 7, (short) 256),
                List.of(),
                List.of((short) 1, (short) 2, (short) -1));
      }
    }
    assertThat(new Decoding(NUMBERS).encode(List.of((short) 7))).isEqualTo(bytes(1, 0, 7));
  }

  @Test
  void theLimitCountsAllStepsOfAFrame() throws Exception {
    Decoding decoding = new Decoding(NUMBERS);
    decoding.decode(bytes(4, 0, 1, 0, 2, 0, 3, 0, 4)); // nine bytes
    assertThat(decoding.frames).hasSize(1);
    assertThatThrownBy(() -> decoding.decode(bytes(5, 0, 1, 0, 2, 0, 3, 0, 4, 0)))
        .isInstanceOf(FrameException.class)
        .hasMessage("frame too long: more than 9 bytes");
    decoding.decode(bytes(4, 0, 1, 0, 2, 0, 3, 0));
    decoding.decode(bytes(4));
    assertThat(decoding.frames).hasSize(2);
    decoding.decode(bytes(5, 0, 1, 0, 2, 0, 3, 0, 4));
    assertThatThrownBy(() -> decoding.decode(bytes(0))).isInstanceOf(FrameException.class);
  }

  @Test
  void anErrorLeavesNoState() throws Exception {
    Decoding decoding = new Decoding(NUMBERS);
    decoding.decode(bytes(2, 0, 1, 0));
    assertThatThrownBy(decoding::finish).hasMessage("end of stream inside a frame");
    decoding.decode(bytes(1, 0, 2));
    assertThatThrownBy(() -> decoding.decode(bytes(1, 0, 3, 0xFF, 1))).hasMessage("count: -1");
    decoding.decode(bytes(1, 0, 4));
    assertThat(decoding.frames)
        .containsExactly(List.of((short) 2), List.of((short) 3), List.of((short) 4));
  }

  @Test
  void linesAndBytesAreReadAsSoonAsTheyArrive() throws Exception {
    Codec<String, String> factory =
        new FrameCodecFactory<>(
            () ->
                new FrameDecoder<String>(20) {
                  @Override
                  protected String readFrame(IoBuffer in) {
                    String line = readLine(in);
                    byte[] bytes = readBytes(in, line.length());
                    return line + new String(bytes, StandardCharsets.ISO_8859_1);
                  }
                },
            (Object none, IoBuffer out) -> {});
    byte[] stream = "ab\r\nxx\n\r\nä\r\rb\n1234".getBytes(StandardCharsets.ISO_8859_1);
    for (int cut = 0; cut <= stream.length; cut++) {
      assertThat(Decoding.cut(factory, stream, cut, cut))
          .containsExactly("abxx", "", "", "ä\r\rb1234");
    }
  }

  @Test
  void twoCodecsOfOneSessionAreIndependent() {
    IoSession session = new DummySession();
    FixedLengthCodecFactory one = new FixedLengthCodecFactory(3);
    LengthFieldCodecFactory other = new LengthFieldCodecFactory(2);
    assertThat(one.getDecoder(session)).isSameAs(one.getDecoder(session));
    assertThat(one.getDecoder(session)).isNotSameAs(other.getDecoder(session));
    LineCodecFactory lines = new LineCodecFactory();
    assertThat(lines.getDecoder(session))
        .isSameAs(lines.getDecoder(session))
        .isNotSameAs(new LineCodecFactory().getDecoder(session));
  }

  /** A step reads several lines, and the last of them come one byte at a time. */
  @Test
  void aStepOfSeveralLinesContinuesItsSearch() throws Exception {
    Codec<String, String> factory =
        new FrameCodecFactory<>(
            () ->
                new FrameDecoder<String>(100) {
                  @Override
                  protected String readFrame(IoBuffer in) {
                    return readLine(in) + "," + readLine(in) + "," + readLine(in);
                  }
                },
            (Object none, IoBuffer out) -> {});
    Decoding decoding = new Decoding(factory);
    for (byte each : "a\nbb\n\nccc\n\r\nd\r\n\n\n\n".getBytes(StandardCharsets.ISO_8859_1)) {
      decoding.decode(new byte[] {each});
    }
    assertThat(decoding.frames).containsExactly("a,bb,", "ccc,,d", ",,");
  }

  /** This decoder keeps all input, so that the test sees how much is held. */
  @Test
  void anUnfinishedFrameGrowsWithItsInput() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Codec<String, String> factory =
        new FrameCodecFactory<>(
            () ->
                new FrameDecoder<String>(1 << 30) {
                  @Override
                  protected String readFrame(IoBuffer in) {
                    seen.add(in.array().length);
                    return null;
                  }
                },
            (Object none, IoBuffer out) -> {});
    Decoding decoding = new Decoding(factory);
    for (int i = 0; i < 5000; i++) {
      decoding.decode(bytes(1));
      assertThat(seen.get(i)).isLessThanOrEqualTo(2 * (i + 1) + 64);
    }
  }

  @Test
  void fixedSizesAreCutByCount() throws Exception {
    FixedLengthCodecFactory pairs = new FixedLengthCodecFactory(2);
    byte[] stream = bytes(1, 2, 3, 4);
    for (int cut = 0; cut <= 4; cut++) {
      assertThat(Decoding.cut(pairs, stream, cut, cut)).containsExactly(bytes(1, 2), bytes(3, 4));
    }
    Decoding decoding = new Decoding(pairs);
    assertThat(decoding.encode(bytes(1, 2))).isEqualTo(bytes(1, 2));
    assertThatThrownBy(() -> decoding.encode(bytes(1)))
        .hasMessage("frame of 1 bytes (expected: 2)");
    decoding.decode(bytes(1));
    assertThatThrownBy(decoding::finish).hasMessage("end of stream inside a frame");
    assertThatThrownBy(() -> new FixedLengthCodecFactory(0))
        .hasMessage("frame bytes: 0 (expected: 1 to 1073741824)");
  }
}
