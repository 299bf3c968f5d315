package parley.codec;

import java.util.function.Supplier;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;

/**
 * Makes a codec of a decoder a session and one encoder for all: {@code new
 * FrameCodecFactory(PairDecoder::new, (Short pair, IoBuffer out) -> out.putShort(pair))}.
 */
public class FrameCodecFactory implements ProtocolCodecFactory, DecoderSource {

  private final Supplier<? extends ProtocolDecoder> decoder;
  private final ProtocolEncoder encoder;

  /**
   * A codec of the two.
   *
   * @param decoder makes the decoder of a session
   * @param encoder what it does not take, by its type, fails the write, and so does a message that
   *     it puts no bytes for
   */
  public <M> FrameCodecFactory(
      Supplier<? extends ProtocolDecoder> decoder, FrameEncoder<M> encoder) {
    this(decoder, new OwnBufferEncoder<>(encoder));
  }

  /** For the codecs here, whose encoders only put. */
  FrameCodecFactory(Supplier<? extends ProtocolDecoder> decoder, StraightEncoder encoder) {
    this.decoder = decoder;
    this.encoder = encoder;
  }

  @Override
  public final ProtocolDecoder getDecoder(IoSession session) {
    return SessionDecoders.of(session, this, decoder);
  }

  @Override
  public final ProtocolDecoder newDecoder() {
    return decoder.get();
  }

  @Override
  public final ProtocolEncoder getEncoder(IoSession session) {
    return encoder;
  }
}
