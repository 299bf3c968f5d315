package parley.protocol;

import org.apache.mina.core.service.IoHandler;
import parley.codec.Codec;

/** A protocol of given parts without settings, the same for each listener and client. */
record PlainProtocol<Q, A>(
    String name,
    Codec<Q, A> codec,
    Codec<A, Q> clientCodec,
    IoHandler handler,
    Correlation<Q, A> correlation)
    implements Protocol<Q, A> {

  PlainProtocol {
    if (!name.matches(ServiceFile.KEY_FORM)) {
      throw new IllegalArgumentException(
          String.format(
              "protocol name: \"%s\" (expected: lower-case letters, digits and -)", name));
    }
  }

  @Override
  public Codec<Q, A> codec(Settings settings) {
    return codec;
  }

  @Override
  public Codec<A, Q> clientCodec(Settings settings) {
    return clientCodec;
  }

  @Override
  public IoHandler handler(Settings settings) {
    return handler;
  }
}
