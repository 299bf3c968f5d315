package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/**
 * A codec without framing: a frame is the bytes of one read, in an IoBuffer that the receiver owns.
 *
 * <pre>
 * +----+----+----+----+----+----+
 * | 00 | 0D | 0A | FF | 41 | 42 |   may be one frame, or six, or any number in between
 * +----+----+----+----+----+----+
 * |&lt;-  one read  -&gt;|&lt;- next -&gt;|
 * </pre>
 *
 * <p>A frame has at least one byte and at most 64 KiB, or the session's {@code maxReadBufferSize},
 * whichever is less. Under TLS it has up to 16 KiB more, from a record that an earlier read began.
 * No input is rejected, and nothing is kept between two reads. An IoBuffer is written as it is; any
 * other message fails its write.
 */
public final class BytesCodecFactory implements Codec<IoBuffer, IoBuffer> {

  private static final ProtocolDecoder DECODER =
      new ProtocolDecoderAdapter() {
        @Override
        public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
          byte[] bytes = new byte[in.remaining()]; // a filter below may reuse its buffer
          in.get(bytes);
          out.write(IoBuffer.wrap(bytes));
        }
      };

  private static final ProtocolEncoder ENCODER =
      new ProtocolEncoderAdapter() {
        @Override
        public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
          if (!(message instanceof IoBuffer)) {
            throw new IllegalArgumentException(
                "message: " + message.getClass().getName() + " (expected: IoBuffer)");
          }
          out.write(message);
        }
      };

  @Override
  public ProtocolDecoder getDecoder(IoSession session) {
    return DECODER;
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) {
    return ENCODER;
  }
}
