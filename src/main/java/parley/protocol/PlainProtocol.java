package parley.protocol;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/** A protocol of given parts, without settings: the same for each listener and client. */
record PlainProtocol(
    String name, ProtocolCodecFactory codec, IoHandler handler, Correlation correlation)
    implements Protocol {

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return codec;
  }

  @Override
  public IoHandler handler(Settings settings) {
    return handler;
  }
}
