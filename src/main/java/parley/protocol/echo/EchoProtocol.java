package parley.protocol.echo;

import org.apache.mina.core.buffer.IoBuffer;
import parley.codec.BytesCodecFactory;
import parley.codec.Codec;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/** Echo: sends all received bytes back unchanged, until the client closes its side (RFC 862). */
public final class EchoProtocol implements Protocol.Symmetric<IoBuffer> {

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public Codec<IoBuffer, IoBuffer> codec(Settings settings) {
    return new BytesCodecFactory();
  }

  @Override
  public AnswerHandler<IoBuffer, IoBuffer> handler(Settings settings) {
    return AnswerHandler.of(bytes -> bytes);
  }

  @Override
  public Correlation<IoBuffer, IoBuffer> correlation() {
    return Correlation.none();
  }
}
