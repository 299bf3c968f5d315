package parley.protocol.time;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import parley.codec.FrameException;

/** Four bytes, big-endian, as a Long from 0 to 2^32 - 1; fewer at the end of stream are refused. */
final class TimeCodecFactory implements ProtocolCodecFactory {

  /** The largest value, and the mask of those bits. */
  static final long MAX = 0xFFFF_FFFFL;

  private static final AttributeKey DECODER = new AttributeKey(TimeCodecFactory.class, "decoder");

  @Override
  public ProtocolDecoder getDecoder(IoSession session) {
    ProtocolDecoder known = (ProtocolDecoder) session.getAttribute(DECODER);
    if (known == null) {
      known = new Decoder();
      session.setAttribute(DECODER, known);
    }
    return known;
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) {
    return new ProtocolEncoderAdapter() {
      @Override
      public void encode(IoSession to, Object message, ProtocolEncoderOutput out) {
        if (!(message instanceof Long time) || time < 0 || time > MAX) {
          throw new IllegalArgumentException("time: " + message + " (expected: 0 to " + MAX + ")");
        }
        out.write(IoBuffer.allocate(Integer.BYTES).putInt(time.intValue()).flip());
      }
    };
  }

  /** Holds one session's unfinished value. */
  private static final class Decoder extends ProtocolDecoderAdapter {

    private long value;
    private int length;

    @Override
    public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
      while (in.hasRemaining()) {
        value = (value << Byte.SIZE | in.getUnsigned()) & MAX;
        length++;
        if (length == Integer.BYTES) {
          length = 0;
          out.write(value);
        }
      }
    }

    @Override
    public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws FrameException {
      int before = length;
      length = 0;
      if (before > 0) {
        throw new FrameException("time cut short: " + before + " of 4 bytes");
      }
    }
  }
}
