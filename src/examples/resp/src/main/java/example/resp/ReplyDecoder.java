package example.resp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;

/** A decoder of replies, one value per step; {@link RespProtocol} has the types of the values. */
final class ReplyDecoder extends RespDecoder<Object> {

  /** The deepest nesting of arrays. */
  static final int MAX_DEPTH = 32;

  /** An array of which some elements have not come yet. */
  private record Array(int size, List<Object> elements) {}

  private final Deque<Array> arrays = new ArrayDeque<>();

  ReplyDecoder(Limits limits) {
    super(limits);
  }

  @Override
  protected @Nullable Object readFrame(IoBuffer in) throws FrameException {
    Object value = isInBulk() ? bulk(in) : begin(in);
    while (value != null && !arrays.isEmpty()) {
      Array array = arrays.element();
      array.elements.add(value);
      value = array.elements.size() < array.size ? null : arrays.pop().elements;
    }
    return value;
  }

  private @Nullable Object begin(IoBuffer in) throws FrameException {
    String line = line(in, "line too long: more than " + MAX_LINE + " bytes");
    if (line == null) {
      return null;
    }
    if (line.length() < 2 || !line.endsWith("\r")) {
      throw new FrameException("expected a type and CR LF at the end of the line");
    }
    return switch (line.charAt(0)) {
      case '+' -> text(line);
      case '-' -> new RespError(text(line));
      case ':' -> number(line, Long.MIN_VALUE, Long.MAX_VALUE, "invalid integer");
      case '$' -> line.equals("$-1\r") ? Nil.NIL : bulk(line, in);
      case '*' -> line.equals("*-1\r") ? Nil.NIL : array(line);
      default -> throw new FrameException("expected a type, one of + - : $ *");
    };
  }

  private static String text(String line) {
    return line.substring(1, line.length() - 1);
  }

  private @Nullable Object array(String line) throws FrameException {
    int size = (int) number(line, 0, limits.array(), "invalid multibulk length");
    if (size == 0) {
      return List.of();
    }
    if (arrays.size() == MAX_DEPTH) {
      throw new FrameException("arrays nested more than " + MAX_DEPTH + " deep");
    }
    arrays.push(new Array(size, new ArrayList<>()));
    return null;
  }

  @Override
  protected void reset() {
    super.reset();
    arrays.clear();
  }
}
