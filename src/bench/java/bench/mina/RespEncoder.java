package bench.mina;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.RespReply;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** Encodes answers. */
final class RespEncoder extends ProtocolEncoderAdapter {

  @Override
  public void encode(IoSession session, Object answer, ProtocolEncoderOutput out) {
    IoBuffer buffer = IoBuffer.allocate(64).setAutoExpand(true);
    put(buffer, (RespReply) answer);
    out.write(buffer.flip());
  }

  private static void put(IoBuffer out, RespReply reply) {
    if (reply instanceof RespReply.BulkString bulk) {
      line(out, "$" + bulk.bytes().length);
      out.put(bulk.bytes());
      line(out, "");
    } else if (reply instanceof RespReply.Array array) {
      line(out, "*" + array.elements().size());
      array.elements().forEach(each -> put(out, each));
    } else if (reply instanceof RespReply.SimpleString string) {
      line(out, "+" + string.text());
    } else if (reply instanceof RespReply.SimpleError error) {
      line(out, "-" + error.message());
    } else {
      line(out, reply instanceof RespReply.Int64 number ? ":" + number.value() : "$-1");
    }
  }

  private static void line(IoBuffer out, String text) {
    out.put((text + "\r\n").getBytes(ISO_8859_1));
  }
}
