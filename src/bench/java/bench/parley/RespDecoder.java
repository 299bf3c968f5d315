package bench.parley;

import bench.shared.RespCommands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import parley.codec.FrameDecoder;
import parley.codec.FrameException;

/** Reads commands, one argument per step: arrays of bulk strings, and inline commands. */
final class RespDecoder extends FrameDecoder<List<byte[]>> {

  private static final int MAX_BYTES = 1 << 20;

  private final List<byte[]> args = new ArrayList<>();
  private int missing;

  RespDecoder() {
    super(2 * MAX_BYTES);
  }

  @Override
  protected List<byte[]> readFrame(IoBuffer in) throws FrameException {
    String line = readLine(in);
    if (missing > 0) {
      byte[] bulk = readBytes(in, length(line, '$') + 2);
      args.add(Arrays.copyOf(bulk, bulk.length - 2));
      missing--;
    } else if (line.startsWith("*")) {
      missing = length(line, '*');
    } else {
      args.addAll(RespCommands.words(line));
    }
    return missing > 0 || args.isEmpty() ? null : taken();
  }

  private List<byte[]> taken() {
    List<byte[]> command = List.copyOf(args);
    args.clear();
    return command;
  }

  private static int length(String line, char type) throws FrameException {
    try {
      int length = line.indexOf(type) == 0 ? Integer.parseInt(line.substring(1)) : -1;
      if (length >= 0 && length <= MAX_BYTES) {
        return length;
      }
    } catch (NumberFormatException e) {
      // an invalid length
    }
    throw new FrameException("expected " + type + " and a length");
  }

  @Override
  protected void reset() {
    args.clear();
    missing = 0;
  }
}
