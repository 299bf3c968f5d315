package parley.protocol.time;

import org.apache.mina.core.buffer.IoBuffer;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;

/** Four bytes, big-endian, as a Long from 0 to 2^32 - 1; fewer at the end of stream are refused. */
final class TimeCodecFactory extends FrameCodecFactory {

  /** The largest value, and the mask of those bits. */
  static final long MAX = 0xFFFF_FFFFL;

  TimeCodecFactory() {
    super(Decoder::new, TimeCodecFactory::encode);
  }

  private static void encode(Object message, IoBuffer out) {
    if (!(message instanceof Long time) || time < 0 || time > MAX) {
      throw new IllegalArgumentException("time: " + message + " (expected: 0 to " + MAX + ")");
    }
    out.putInt(time.intValue());
  }

  private static final class Decoder extends FrameDecoder {

    Decoder() {
      super(Integer.BYTES);
    }

    @Override
    protected Long readFrame(IoBuffer in) {
      return in.getUnsignedInt();
    }
  }
}
