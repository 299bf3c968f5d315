package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.junit.jupiter.api.Test;

class BytesCodecTest {

  private final BytesCodecFactory factory = new BytesCodecFactory();
  private final IoSession session = new DummySession();
  private final List<Object> frames = new ArrayList<>();
  private final ProtocolDecoderOutput out =
      new ProtocolDecoderOutput() {
        @Override
        public void write(Object frame) {
          frames.add(frame);
        }

        @Override
        public void flush(NextFilter next, IoSession flushed) {}
      };

  private void decode(IoBuffer in) throws Exception {
    factory.getDecoder(session).decode(session, in, out);
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void aFrameIsTheInputOfOneReadAndNothingIsLeftOver() throws Exception {
    decode(IoBuffer.wrap(new byte[] {0, '\r', '\n', -1}));
    decode(IoBuffer.allocate(2, true).put((byte) 'A').put((byte) 'B').flip());
    factory.getDecoder(session).finishDecode(session, out);
    assertThat(frames)
        .containsExactly(
            IoBuffer.wrap(new byte[] {0, '\r', '\n', -1}), IoBuffer.wrap(new byte[] {'A', 'B'}));
  }

  @Test
  void aFrameOutlivesTheBufferOfItsRead() throws Exception {
    byte[] read = {1, 2, 3};
    decode(IoBuffer.wrap(read, 1, 2));
    read[1] = 9;
    assertThat(frames).containsExactly(IoBuffer.wrap(new byte[] {2, 3}));
  }

  @Test
  void encodesBuffersUnchangedAndRefusesOtherObjects() throws Exception {
    List<Object> encoded = new ArrayList<>();
    IoBuffer buffer = IoBuffer.wrap(new byte[] {1});
    factory.getEncoder(session).encode(session, buffer, encoded::add);
    assertThat(encoded).singleElement().isSameAs(buffer);
    assertThatThrownBy(() -> factory.getEncoder(session).encode(session, "text", encoded::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("message: java.lang.String (expected: IoBuffer)");
  }
}
