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

  /** Writes a value by its type, one of those in {@link RespProtocol}. */
  static void reply(Object value, IoBuffer out) {
    if (value instanceof byte[] bytes) {
      bulk(out, bytes);
    } else if (value instanceof Long number) {
      header(out, ':', number);
    } else if (value instanceof String status) {
      line(out, '+', status);
    } else if (value instanceof RespError error) {
      line(out, '-', error.message());
    } else if (value == Nil.NIL) {
      header(out, '$', -1);
    } else if (value instanceof List<?> list) {
      header(out, '*', list.size());
      list.forEach(each -> reply(each, out));
    } else {
      throw new IllegalArgumentException("not a RESP type: " + value.getClass().getName());
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
