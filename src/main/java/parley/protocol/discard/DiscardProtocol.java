package parley.protocol.discard;

import org.apache.mina.core.buffer.IoBuffer;
import parley.codec.BytesCodecFactory;
import parley.codec.Codec;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/**
 * Discard: drops all received bytes and sends nothing, until the client closes its side (RFC 863).
 */
public final class DiscardProtocol implements Protocol.Symmetric<IoBuffer> {

  @Override
  public String name() {
    return "discard";
  }

  @Override
  public Codec<IoBuffer, IoBuffer> codec(Settings settings) {
    return new BytesCodecFactory();
  }

  @Override
  public AnswerHandler<IoBuffer, IoBuffer> handler(Settings settings) {
    return AnswerHandler.deciding((session, bytes) -> Answer.none());
  }

  @Override
  public Correlation<IoBuffer, IoBuffer> correlation() {
    return Correlation.none();
  }
}
