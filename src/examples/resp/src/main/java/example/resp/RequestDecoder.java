package example.resp;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;

/**
 * A decoder of requests, one argument per step: arrays of bulk strings, and lines of words. A
 * request is a list of byte arrays; it is empty for an empty line or array.
 *
 * <pre>
 * *2 CR LF  $3 CR LF  GET CR LF  $1 CR LF  k CR LF       [GET, k]
 * GET k CR LF                                            [GET, k]
 * </pre>
 */
final class RequestDecoder extends RespDecoder<List<byte[]>> {

  private static final int FIRST_ROOM = 8;

  private List<byte[]> request = List.of();
  private int missing; // the number of arguments that have not come yet

  RequestDecoder(Limits limits) {
    super(limits);
  }

  @Override
  protected @Nullable List<byte[]> readFrame(IoBuffer in) throws FrameException {
    if (missing == 0) {
      return begin(in);
    }
    byte[] argument = isInBulk() ? bulk(in) : argument(in);
    if (argument == null) {
      return null;
    }
    request.add(argument);
    missing--;
    return missing == 0 ? request : null;
  }

  private @Nullable List<byte[]> begin(IoBuffer in) throws FrameException {
    boolean isArray = in.get(in.position()) == '*';
    String line = line(in, isArray ? "too big mbulk count string" : "too big inline request");
    if (line == null) {
      return null;
    }
    if (!isArray) {
      return new Words(line).split(limits.array());
    }
    long count = number(line, Long.MIN_VALUE, limits.array(), "invalid multibulk length");
    if (count <= 0) {
      return List.of();
    }
    missing = (int) count;
    request = new ArrayList<>(Math.min(missing, FIRST_ROOM));
    return null;
  }

  private byte @Nullable [] argument(IoBuffer in) throws FrameException {
    String header = line(in, "too big bulk count string");
    if (header == null) {
      return null;
    }
    char type = header.isEmpty() ? ' ' : header.charAt(0);
    if (type != '$') {
      throw new FrameException("expected '$', got '" + (type < ' ' ? ' ' : type) + "'");
    }
    return bulk(header, in);
  }

  @Override
  protected void reset() {
    super.reset();
    request = List.of();
    missing = 0;
  }
}
