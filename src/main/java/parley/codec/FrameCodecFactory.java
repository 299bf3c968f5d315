package parley.codec;

import java.util.function.Supplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import parley.transport.SessionAttribute;

/**
 * Makes a codec of a decoder a session and one encoder for all: {@code new
 * FrameCodecFactory(PairDecoder::new, (Short pair, IoBuffer out) -> out.putShort(pair))}.
 */
public class FrameCodecFactory implements ProtocolCodecFactory {

  private final SessionAttribute<ProtocolDecoder> decoder;
  private final ProtocolEncoder encoder;

  /**
   * A codec of the two.
   *
   * @param decoder makes the decoder of a session
   * @param encoder what it does not take, by its type, fails the write
   */
  public <M> FrameCodecFactory(
      Supplier<? extends ProtocolDecoder> decoder, FrameEncoder<M> encoder) {
    this.decoder =
        new SessionAttribute<>(FrameCodecFactory.class, "decoder", session -> decoder.get());
    this.encoder = new Encoder<>(encoder);
  }

  @Override
  public final ProtocolDecoder getDecoder(IoSession session) {
    return decoder.of(session);
  }

  @Override
  public final ProtocolEncoder getEncoder(IoSession session) {
    return encoder;
  }

  private record Encoder<M>(FrameEncoder<M> frames) implements BufferEncoder {

    @Override
    @SuppressWarnings("unchecked")
    public void encode(IoSession session, Object message, IoBuffer out) throws Exception {
      frames.encode((M) message, out);
    }
  }
}
