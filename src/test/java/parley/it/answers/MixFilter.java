package parley.it.answers;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.NullMarked;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.testing.Extended;

/**
 * A plug-in's filter: below the codec it passes reads on in halves, above it everything unchanged.
 */
@NullMarked
final class MixFilter extends IoFilterAdapter {

  enum Where {
    NONE,
    BELOW_CODEC,
    ABOVE_CODEC
  }

  /** A protocol with such a filter. */
  static Protocol<String, String> in(Protocol<String, String> protocol, Where where) {
    return new Extended<>(
        protocol,
        (chain, side) -> {
          switch (where) {
            case BELOW_CODEC -> chain.addBefore(FilterNames.CODEC, "mix", new MixFilter());
            case ABOVE_CODEC -> chain.addAfter(FilterNames.CODEC, "mix", new MixFilter());
            case NONE -> {}
          }
        });
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) {
    if (message instanceof IoBuffer in && in.remaining() > 1) {
      next.messageReceived(session, in.getSlice(in.remaining() / 2));
    }
    next.messageReceived(session, message);
  }
}
