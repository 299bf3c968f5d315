package parley.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** One session's codec, without a socket. */
final class Decoding {

  final List<Object> frames = new ArrayList<>();
  private final ProtocolCodecFactory factory;
  private final IoSession session = new DummySession();
  private final ProtocolDecoderOutput out =
      new ProtocolDecoderOutput() {
        @Override
        public void write(Object frame) {
          frames.add(frame);
        }

        @Override
        public void flush(NextFilter next, IoSession flushed) {}
      };

  Decoding(ProtocolCodecFactory factory) {
    this.factory = factory;
  }

  /** Returns bytes from values that fit into one, such as {@code 0xFF}. */
  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  void decode(byte[] bytes) throws Exception {
    factory.getDecoder(session).decode(session, IoBuffer.wrap(bytes), out);
  }

  void finish() throws Exception {
    factory.getDecoder(session).finishDecode(session, out);
  }

  byte[] encode(Object message) throws Exception {
    List<Object> encoded = new ArrayList<>();
    ProtocolEncoderOutput to = encoded::add;
    factory.getEncoder(session).encode(session, message, to);
    IoBuffer buffer = (IoBuffer) encoded.get(0);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Returns the frames of a whole stream, cut at two places. */
  static List<Object> cut(ProtocolCodecFactory factory, byte[] stream, int first, int second)
      throws Exception {
    Decoding decoding = new Decoding(factory);
    decoding.decode(Arrays.copyOfRange(stream, 0, first));
    decoding.decode(Arrays.copyOfRange(stream, first, second));
    decoding.decode(Arrays.copyOfRange(stream, second, stream.length));
    decoding.finish();
    return decoding.frames;
  }
}
