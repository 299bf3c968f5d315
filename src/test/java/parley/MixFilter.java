package parley;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.NullMarked;
import parley.filter.FilterChains;
import parley.protocol.Protocol;
import parley.protocol.Protocol.Side;
import parley.protocol.Settings;

/** A plug-in's filter: below the codec it passes what is read on in halves, above it all as is. */
@NullMarked
final class MixFilter extends IoFilterAdapter {

  enum Where {
    NONE,
    BELOW_CODEC,
    ABOVE_CODEC
  }

  /** A protocol with such a filter. */
  static Protocol in(Protocol protocol, Where where) {
    return new Protocol() {
      @Override
      public String name() {
        return protocol.name();
      }

      @Override
      public ProtocolCodecFactory codec(Settings settings, Side side) {
        return protocol.codec(settings, side);
      }

      @Override
      public IoHandler handler(Settings settings) {
        return protocol.handler(settings);
      }

      @Override
      public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
        switch (where) {
          case BELOW_CODEC -> chain.addBefore(FilterChains.CODEC, "mix", new MixFilter());
          case ABOVE_CODEC -> chain.addAfter(FilterChains.CODEC, "mix", new MixFilter());
          case NONE -> {}
        }
      }
    };
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) {
    if (message instanceof IoBuffer in && in.remaining() > 1) {
      next.messageReceived(session, in.getSlice(in.remaining() / 2));
    }
    next.messageReceived(session, message);
  }
}
