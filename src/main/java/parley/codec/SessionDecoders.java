package parley.codec;

import java.util.function.Supplier;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;

/**
 * Keeps the decoder of each session for a factory, under the factory as the attribute's key: MINA's
 * codec filter asks for it with each read, Parley's once.
 */
final class SessionDecoders {

  private SessionDecoders() {}

  static ProtocolDecoder of(
      IoSession session, ProtocolCodecFactory factory, Supplier<? extends ProtocolDecoder> make) {
    if (session.getAttribute(factory) instanceof ProtocolDecoder known) {
      return known;
    }
    ProtocolDecoder made = make.get();
    return session.setAttributeIfAbsent(factory, made) instanceof ProtocolDecoder earlier
        ? earlier
        : made;
  }
}
