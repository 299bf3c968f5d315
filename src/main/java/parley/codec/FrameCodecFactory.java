package parley.codec;

import java.util.function.Supplier;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;

/**
 * Makes a codec of one decoder per session and one encoder for all sessions: {@code new
 * FrameCodecFactory(PairDecoder::new, (Short pair, IoBuffer out) -> out.putShort(pair))}.
 */
public class FrameCodecFactory implements ProtocolCodecFactory {

  private final Supplier<? extends ProtocolDecoder> decoder;
  private final BufferEncoder encoder;

  /**
   * A codec of a decoder and an encoder.
   *
   * @param decoder makes the decoder of a session
   * @param encoder encodes each message; a message of another type fails its write, as does one
   *     that the encoder puts no bytes for
   */
  public <M> FrameCodecFactory(
      Supplier<? extends ProtocolDecoder> decoder, FrameEncoder<M> encoder) {
    this(decoder, new BufferEncoder(new OwnBufferEncoder<>(encoder)));
  }

  /** A codec of this package, whose encoder only puts. */
  FrameCodecFactory(Supplier<? extends ProtocolDecoder> decoder, BufferEncoder encoder) {
    this.decoder = decoder;
    this.encoder = encoder;
  }

  /**
   * Returns the decoder that a session keeps for a codec. MINA's codec filter asks for it with each
   * read, Parley's once.
   */
  static ProtocolDecoder kept(
      IoSession session, ProtocolCodecFactory codec, Supplier<? extends ProtocolDecoder> make) {
    if (session.getAttribute(codec) instanceof ProtocolDecoder known) {
      return known;
    }
    ProtocolDecoder made = make.get();
    return session.setAttributeIfAbsent(codec, made) instanceof ProtocolDecoder earlier
        ? earlier
        : made;
  }

  @Override
  public final ProtocolDecoder getDecoder(IoSession session) {
    return kept(session, this, decoder);
  }

  @Override
  public final ProtocolEncoder getEncoder(IoSession session) {
    return encoder;
  }

  final ProtocolDecoder newDecoder() {
    return decoder.get();
  }

  final BufferEncoder encoder() {
    return encoder;
  }
}
