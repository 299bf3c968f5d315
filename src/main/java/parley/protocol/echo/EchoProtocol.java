package parley.protocol.echo;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import parley.codec.BytesCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/** Sends back what it gets, byte for byte, until the client ends its side (RFC 862). */
public final class EchoProtocol implements Protocol {

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return new BytesCodecFactory();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return AnswerHandler.of((session, bytes) -> bytes);
  }

  @Override
  public Correlation correlation() {
    return Correlation.NONE;
  }
}
