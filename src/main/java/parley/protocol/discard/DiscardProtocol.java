package parley.protocol.discard;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import parley.codec.BytesCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/** Drops what it gets and says nothing, until the client ends its side (RFC 863). */
public final class DiscardProtocol implements Protocol {

  @Override
  public String name() {
    return "discard";
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return new BytesCodecFactory();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return AnswerHandler.of((session, bytes) -> null);
  }

  @Override
  public Correlation correlation() {
    return Correlation.NONE;
  }
}
