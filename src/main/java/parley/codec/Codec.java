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
   * Returns a codec of MINA's, or of your own, with the types that its caller names: {@code
   * Codec<String, String> lines = Codec.of(new TextLineCodecFactory())}. Nothing checks them;
   * {@link #of(ProtocolCodecFactory, Class)} does.
   */
  static <D, E> Codec<D, E> of(ProtocolCodecFactory factory) {
    return new TypedCodec<>(factory, null);
  }

  /**
   * Returns a codec of MINA's, or of your own, that decodes frames of a class. A frame of another
   * class ends its session with an exception that names the codec and both classes.
   *
   * @param decoded the class of all frames
   */
  static <D, E> Codec<D, E> of(ProtocolCodecFactory factory, Class<D> decoded) {
    return new TypedCodec<>(factory, decoded);
  }
}
