package parley.protocol.echo;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/** Sends back what it gets, byte for byte (RFC 862). A frame is what one read brought. */
public final class EchoProtocol implements Protocol {

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return new BytesCodecFactory();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return AnswerHandler.of((session, bytes) -> bytes);
  }

  @Override
  public Correlation correlation() {
    return Correlation.NONE;
  }

  /** Frames are IoBuffers; those need no encoding. */
  private static final class BytesCodecFactory implements ProtocolCodecFactory {

    @Override
    public ProtocolDecoder getDecoder(IoSession session) {
      return new ProtocolDecoderAdapter() {
        @Override
        public void decode(IoSession from, IoBuffer in, ProtocolDecoderOutput out) {
          byte[] bytes = new byte[in.remaining()];
          in.get(bytes);
          out.write(IoBuffer.wrap(bytes));
        }
      };
    }

    @Override
    public ProtocolEncoder getEncoder(IoSession session) {
      return new ProtocolEncoderAdapter() {
        @Override
        public void encode(IoSession to, Object message, ProtocolEncoderOutput out) {
          throw new IllegalArgumentException(
              "message: " + message.getClass().getName() + " (expected: IoBuffer)");
        }
      };
    }
  }
}
