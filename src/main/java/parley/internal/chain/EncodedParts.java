package parley.internal.chain;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** What one call of an encoder made. */
final class EncodedParts implements ProtocolEncoderOutput {

  private final List<Object> list = new ArrayList<>(1);

  @Override
  public void write(Object encoded) {
    if (!(encoded instanceof IoBuffer buffer) || buffer.hasRemaining()) {
      list.add(encoded);
    }
  }

  /** The parts; where all are buffers they are joined, so that the message is one request. */
  List<Object> joined() {
    if (list.isEmpty()) {
      return List.of(IoBuffer.allocate(0));
    }
    if (list.size() == 1 || !list.stream().allMatch(IoBuffer.class::isInstance)) {
      return list;
    }
    int length = list.stream().mapToInt(part -> ((IoBuffer) part).remaining()).sum();
    IoBuffer one = IoBuffer.allocate(length);
    list.forEach(part -> one.put((IoBuffer) part));
    return List.of(one.flip());
  }
}
