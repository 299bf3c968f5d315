package example.resp;

import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;

/** An encoder of requests and replies. */
final class RespEncoder {

  private RespEncoder() {}

  /** Writes an array of bulk strings. */
  static void request(List<byte[]> arguments, IoBuffer out) {
    header(out, '*', arguments.size());
    arguments.forEach(argument -> bulk(out, argument));
  }

  /** Writes a reply. */
  static void reply(Reply reply, IoBuffer out) {
    if (reply instanceof Reply.BulkString bulk) {
      bulk(out, bulk.bytes());
    } else if (reply instanceof Reply.Int64 number) {
      header(out, ':', number.value());
    } else if (reply instanceof Reply.SimpleString string) {
      line(out, '+', string.text());
    } else if (reply instanceof Reply.SimpleError error) {
      line(out, '-', error.message());
    } else if (reply instanceof Reply.Array array) {
      header(out, '*', array.elements().size());
      array.elements().forEach(each -> reply(each, out));
    } else {
      header(out, '$', -1); // Null
    }
  }

  private static void bulk(IoBuffer out, byte[] bytes) {
    header(out, '$', bytes.length);
    end(out.put(bytes));
  }

  private static void header(IoBuffer out, char type, long number) {
    out.put((byte) type);
    if (number >= 0 && number < 10) {
      out.put((byte) ('0' + number));
    } else {
      out.put(Text.bytes(Long.toString(number)));
    }
    end(out);
  }

  /** Writes a line. A line end inside the text would end the line, so it becomes a space. */
  private static void line(IoBuffer out, char type, String text) {
    out.put((byte) type);
    end(out.put(Text.bytes(text.replace('\r', ' ').replace('\n', ' '))));
  }

  private static void end(IoBuffer out) {
    out.put((byte) '\r').put((byte) '\n');
  }
}
