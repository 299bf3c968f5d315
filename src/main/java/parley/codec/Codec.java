package parley.codec;

import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * A MINA codec factory that carries its types, so that the compiler rejects a handler or a client
 * that does not fit its codec. It adds no method.
 *
 * @param <D> the type of the frames that it decodes
 * @param <E> the type of the messages that it encodes
 */
public interface Codec<D, E> extends ProtocolCodecFactory {

  /**
   * Returns MINA's or your own codec with the types that the caller names: {@code Codec<String,
   * String> lines = Codec.of(new TextLineCodecFactory())}. The types are not checked: a frame of
   * another type fails in the handler, or in the code that gets it from a client. {@link
   * #of(ProtocolCodecFactory, Class)} checks each frame where it is decoded.
   *
   * @param <D> the type of the frames that it decodes
   * @param <E> the type of the messages that it encodes
   * @param factory the codec without types
   * @return the same codec with types
   */
  static <D, E> Codec<D, E> of(ProtocolCodecFactory factory) {
    return new TypedCodec<>(factory, null);
  }

  /**
   * Returns MINA's or your own codec, whose frames are checked against a class. A frame of another
   * class ends its session with an exception that names the codec and both classes.
   *
   * @param <D> the type of the frames that it decodes
   * @param <E> the type of the messages that it encodes
   * @param factory the codec without types
   * @param decoded the class of all frames
   * @return the same codec with types
   */
  static <D, E> Codec<D, E> of(ProtocolCodecFactory factory, Class<D> decoded) {
    return new TypedCodec<>(factory, decoded);
  }
}
