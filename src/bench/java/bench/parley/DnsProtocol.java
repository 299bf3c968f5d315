package bench.parley;

import bench.shared.DnsAnswers;
import java.nio.ByteBuffer;
import parley.codec.LengthFieldCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;

/** DNS over TCP on Parley (RFC 1035 4.2.2, RFC 7766): both sides. */
final class DnsProtocol {

  static final Protocol DNS =
      Protocol.of(
          "dns",
          new LengthFieldCodecFactory(2),
          AnswerHandler.<byte[]>inAnyOrder((session, query) -> DnsAnswers.answer(query)),
          Correlation.byKey((byte[] message) -> ByteBuffer.wrap(message).getShort()));
}
