package example.resp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;

/** A decoder of replies, one value per step. */
final class ReplyDecoder extends RespDecoder<Reply> {

  /** The deepest nesting of arrays. */
  static final int MAX_DEPTH = 32;

  /** An array of which some elements have not come yet. */
  private record Unfinished(int size, List<Reply> elements) {}

  private final Deque<Unfinished> arrays = new ArrayDeque<>();

  ReplyDecoder(Limits limits) {
    super(limits);
  }

  @Override
  protected @Nullable Reply readFrame(IoBuffer in) throws FrameException {
    Reply value = isInBulk() ? bulkString(bulk(in)) : begin(in);
    while (value != null && !arrays.isEmpty()) {
      Unfinished array = arrays.element();
      array.elements.add(value);
      value = array.elements.size() < array.size ? null : new Reply.Array(arrays.pop().elements);
    }
    return value;
  }

  private @Nullable Reply begin(IoBuffer in) throws FrameException {
    String line = line(in, "line too long: more than " + MAX_LINE + " bytes");
    if (line == null) {
      return null;
    }
    if (line.length() < 2 || !line.endsWith("\r")) {
      throw new FrameException("expected a type and CR LF at the end of the line");
    }
    return switch (line.charAt(0)) {
      case '+' -> new Reply.SimpleString(text(line));
      case '-' -> new Reply.SimpleError(text(line));
      case ':' -> new Reply.Int64(number(line, Long.MIN_VALUE, Long.MAX_VALUE, "invalid integer"));
      case '$' -> line.equals("$-1\r") ? Reply.NULL : bulkString(bulk(line, in));
      case '*' -> line.equals("*-1\r") ? Reply.NULL : array(line);
      default -> throw new FrameException("expected a type, one of + - : $ *");
    };
  }

  private static @Nullable Reply bulkString(byte @Nullable [] bytes) {
    return bytes == null ? null : new Reply.BulkString(bytes);
  }

  private static String text(String line) {
    return line.substring(1, line.length() - 1);
  }

  private @Nullable Reply array(String line) throws FrameException {
    int size = (int) number(line, 0, limits.array(), "invalid multibulk length");
    if (size == 0) {
      return new Reply.Array(List.of());
    }
    if (arrays.size() == MAX_DEPTH) {
      throw new FrameException("arrays nested more than " + MAX_DEPTH + " deep");
    }
    arrays.push(new Unfinished(size, new ArrayList<>()));
    return null;
  }

  @Override
  protected void reset() {
    super.reset();
    arrays.clear();
  }
}
