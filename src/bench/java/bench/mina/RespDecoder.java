package bench.mina;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.RespCommands;
import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.CumulativeProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/** Decodes commands: arrays of bulk strings, and inline commands. */
final class RespDecoder extends CumulativeProtocolDecoder {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_LINE_BYTES = 1 << 16;

  @Override
  protected boolean doDecode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
    int start = in.position();
    List<byte[]> command = command(in);
    if (command == null) {
      in.position(start);
      return false;
    }
    out.write(command);
    return true;
  }

  /** Returns a complete command, or null if more bytes are needed. */
  private static List<byte[]> command(IoBuffer in) {
    String head = line(in);
    if (head == null || !head.startsWith("*")) {
      return head == null ? null : RespCommands.words(head);
    }
    int count = length(head, '*');
    List<byte[]> args = new ArrayList<>();
    while (args.size() < count) {
      byte[] arg = bulk(in);
      if (arg == null) {
        return null;
      }
      args.add(arg);
    }
    return args;
  }

  private static byte[] bulk(IoBuffer in) {
    String head = line(in);
    if (head == null) {
      return null;
    }
    int length = length(head, '$');
    if (in.remaining() < length + 2) {
      return null;
    }
    byte[] bulk = new byte[length];
    in.get(bulk).skip(2);
    return bulk;
  }

  private static int length(String head, char type) {
    int length = head.indexOf(type) == 0 ? Integer.parseInt(head.substring(1)) : -1;
    if (length < 0 || length > MAX_BYTES) {
      throw new IllegalArgumentException("expected " + type + " and a length");
    }
    return length;
  }

  private static String line(IoBuffer in) {
    int end = in.indexOf((byte) '\n');
    if (end < 0 && in.remaining() > MAX_LINE_BYTES) {
      throw new IllegalArgumentException("too big inline request");
    }
    if (end < 0) {
      return null;
    }
    byte[] line = new byte[end - in.position()];
    in.get(line).skip(1);
    return new String(line, ISO_8859_1).stripTrailing();
  }
}
