package bench.mina;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.CumulativeProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/** Frames of DNS over TCP: two bytes of length, then the message (RFC 1035 4.2.2). */
final class DnsCodecFilter extends ProtocolCodecFilter {

  DnsCodecFilter() {
    super(new Encoder(), new Decoder());
  }

  private static final class Encoder extends ProtocolEncoderAdapter {

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
      byte[] bytes = (byte[]) message;
      out.write(
          IoBuffer.allocate(2 + bytes.length).putUnsignedShort(bytes.length).put(bytes).flip());
    }
  }

  private static final class Decoder extends CumulativeProtocolDecoder {

    @Override
    protected boolean doDecode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
      if (!in.prefixedDataAvailable(2)) {
        return false;
      }
      byte[] bytes = new byte[in.getUnsignedShort()];
      in.get(bytes);
      out.write(bytes);
      return true;
    }
  }
}
