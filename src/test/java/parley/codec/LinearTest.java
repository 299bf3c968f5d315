package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The work of a decoder grows linearly with its input. */
class LinearTest {

  private static final int FRAME = 1 << 20;

  /** Takes the expected number of frames each time, and counts them. */
  private static final class Taking implements FrameOutput {

    private final int each;
    private int left;
    private int taken;

    Taking(int each) {
      this.each = each;
    }

    @Override
    public boolean takesMore() {
      return left > 0;
    }

    @Override
    public void write(Object frame) {
      left--;
      taken++;
    }

    @Override
    public void flush(NextFilter next, IoSession session) {}
  }

  /** One long frame: by its length, by its count, in a step, in steps of 1,000 bytes. */
  static Stream<Supplier<ProtocolDecoder>> longFrames() {
    return Stream.of(
        () ->
            LengthFieldCodecFactory.builder()
                .lengthBytes(4)
                .maxFrameBytes(FRAME)
                .build()
                .getDecoder(new DummySession()),
        () -> new FixedLengthCodecFactory(FRAME + 4).getDecoder(new DummySession()),
        () ->
            new FrameDecoder<byte[]>(FRAME + 4) {
              @Override
              protected byte[] readFrame(IoBuffer in) {
                return readBytes(in, in.getInt());
              }
            },
        () ->
            new FrameDecoder<String>(FRAME + 4) {
              private int left = FRAME + 4;

              @Override
              protected String readFrame(IoBuffer in) {
                left -= readBytes(in, Math.min(left, 1000)).length;
                return left == 0 ? "frame" : null;
              }
            },
        () ->
            new FrameDecoder<String>(FRAME + 4) { // one byte of each read, if much input follows it
              private int left = FRAME + 4;

              @Override
              protected String readFrame(IoBuffer in) {
                if (in.remaining() < FRAME / 2 && in.remaining() < left) {
                  return null;
                }
                in.get();
                return --left == 0 ? "frame" : null;
              }
            });
  }

  @ParameterizedTest
  @MethodSource("longFrames")
  void eachByteOfAFrameIsCopiedAFewTimes(Supplier<ProtocolDecoder> made) throws Exception {
    byte[] frame = new byte[FRAME + 4];
    IoBuffer.wrap(frame).putInt(FRAME);
    for (int read : new int[] {1000, 64}) {
      FrameDecoder<?> decoder = (FrameDecoder<?>) made.get();
      Taking out = new Taking(2);
      for (int i = 0; i < frame.length; i += read) {
        out.left = out.each;
        IoBuffer in = IoBuffer.wrap(Arrays.copyOfRange(frame, i, Math.min(frame.length, i + read)));
        decoder.decode(new DummySession(), in, out);
      }
      assertThat(out.taken).isEqualTo(1);
      assertThat(decoder.copied()).isLessThan(5L * frame.length);
    }
  }

  /**
   * Measures processor time, so that no other thread counts. If decoding is not linear, one line at
   * a time takes far longer.
   */
  @Test
  void oneLineAtATimeIsAboutAsQuickAsAllAtOnce() throws Exception {
    LineCodecFactory codec = new LineCodecFactory();
    byte[] lines = "\n".repeat(1 << 18).getBytes();
    decodeLines(codec, lines, 1 << 18);
    long all = decodeLines(codec, lines, 1 << 18);
    long one = decodeLines(codec, lines, 1);
    assertThat(one).isLessThan(50 * all);
  }

  private static long decodeLines(LineCodecFactory codec, byte[] lines, int each) throws Exception {
    IoSession session = new DummySession();
    ProtocolDecoder decoder = codec.getDecoder(session);
    Taking out = new Taking(each);
    IoBuffer in = IoBuffer.wrap(lines);
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    while (in.hasRemaining()) {
      out.left = each;
      decoder.decode(session, in, out);
    }
    assertThat(out.taken).isEqualTo(lines.length);
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
  }
}
