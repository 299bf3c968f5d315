package bench.parley;

import bench.shared.DnsAnswers;
import java.nio.ByteBuffer;
import org.apache.mina.core.session.IoSession;
import parley.codec.LengthFieldCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;

/** DNS over TCP on Parley (RFC 1035 4.2.2, RFC 7766): both sides. */
final class DnsProtocol {

  static final Protocol<byte[], byte[]> DNS =
      Protocol.of(
          "dns",
          new LengthFieldCodecFactory(2),
          AnswerHandler.inAnyOrder(
              (IoSession session, byte[] query) -> Answer.later(DnsAnswers.answer(query))),
          Correlation.byKey(DnsProtocol::id, DnsProtocol::id));

  private DnsProtocol() {}

  private static short id(byte[] message) {
    return ByteBuffer.wrap(message).getShort();
  }
}
