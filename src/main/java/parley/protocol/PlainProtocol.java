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
    String wrong = ServiceFile.wrongForm("protocol name", name);
    if (wrong != null) {
      throw new IllegalArgumentException(wrong);
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
