package parley.codec;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.jspecify.annotations.Nullable;

/**
 * A codec factory with types. Its frames are checked if their class is known.
 *
 * @param factory the codec without types
 * @param decoded the class of its frames; null for any
 */
record TypedCodec<D, E>(ProtocolCodecFactory factory, @Nullable Class<D> decoded)
    implements Codec<D, E> {

  @Override
  public ProtocolDecoder getDecoder(IoSession session) throws Exception {
    ProtocolDecoder frames = factory.getDecoder(session);
    return decoded == null
        ? frames
        : new MappedCodecFactory.Decoder(frames, frame -> checked(frame, decoded));
  }

  private D checked(Object frame, Class<D> expected) {
    if (!expected.isInstance(frame)) {
      throw new ClassCastException(
          String.format(
              "codec %s decoded a frame of %s (expected: %s)",
              factory.getClass().getName(), frame.getClass().getName(), expected.getName()));
    }
    return expected.cast(frame);
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) throws Exception {
    return factory.getEncoder(session);
  }
}
