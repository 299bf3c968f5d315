package bench.mina;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.RespError;
import java.util.List;
import java.util.Optional;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** Encodes answers; an empty Optional is a nil. */
final class RespEncoder extends ProtocolEncoderAdapter {

  @Override
  public void encode(IoSession session, Object answer, ProtocolEncoderOutput out) {
    IoBuffer buffer = IoBuffer.allocate(64).setAutoExpand(true);
    put(buffer, ((Optional<?>) answer).orElse(null));
    out.write(buffer.flip());
  }

  private static void put(IoBuffer out, Object answer) {
    if (answer == null) {
      line(out, "$-1");
    } else if (answer instanceof byte[] bulk) {
      line(out, "$" + bulk.length);
      out.put(bulk);
      line(out, "");
    } else if (answer instanceof Long number) {
      line(out, ":" + number);
    } else if (answer instanceof List<?> array) {
      line(out, "*" + array.size());
      array.forEach(each -> put(out, each));
    } else if (answer instanceof RespError error) {
      line(out, "-" + error.message());
    } else {
      line(out, "+" + answer);
    }
  }

  private static void line(IoBuffer out, String text) {
    out.put((text + "\r\n").getBytes(ISO_8859_1));
  }
}
