package parley.proving;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.NullMarked;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/** Two bytes of length and at most 300 bytes, which are sent back; correct except for one bug. */
@NullMarked
record Lengths(Bug bug) implements Protocol.Symmetric<byte[]> {

  static final int MOST = 300;

  /** A frame of that many bytes. */
  static byte[] frame(int length) {
    byte[] frame = new byte[2 + length];
    Arrays.fill(frame, (byte) 'x');
    frame[0] = (byte) (length >> 8);
    frame[1] = (byte) length;
    return frame;
  }

  @Override
  public String name() {
    return "lengths";
  }

  @Override
  public AnswerHandler<byte[], byte[]> handler(Settings settings) {
    return AnswerHandler.of((IoSession session, byte[] frame) -> frame);
  }

  @Override
  public Codec<byte[], byte[]> codec(Settings settings) {
    return new Codec<>() {
      @Override
      public ProtocolDecoder getDecoder(IoSession session) {
        session.setAttributeIfAbsent("decoder", new LengthDecoder(bug));
        return (ProtocolDecoder) session.getAttribute("decoder");
      }

      @Override
      public ProtocolEncoder getEncoder(IoSession session) {
        return new LengthEncoder();
      }
    };
  }

  private static final class LengthDecoder extends ProtocolDecoderAdapter {

    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private final Bug bug;

    LengthDecoder(Bug bug) {
      this.bug = bug;
    }

    @Override
    public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
        throws FrameException {
      while (in.hasRemaining()) {
        open.write(in.get());
        byte[] bytes = open.toByteArray();
        if (bytes.length >= 2 && bytes.length == 2 + length(bytes)) {
          open.reset();
          out.write(Arrays.copyOfRange(bytes, 2, bytes.length));
        }
      }
    }

    private int length(byte[] bytes) throws FrameException {
      int low = bug == Bug.LENGTH_SIGN_EXTENDED ? bytes[1] : bytes[1] & 0xff;
      int high = bug == Bug.NEGATIVE_LENGTH ? bytes[0] : bytes[0] & 0xff;
      int length = high << 8 | low;
      if (length > MOST || (length < 0 && bug != Bug.NEGATIVE_LENGTH)) {
        open.reset();
        throw new FrameException("frame too long: more than " + MOST + " bytes");
      }
      return new byte[length].length;
    }

    @Override
    public void finishDecode(IoSession session, ProtocolDecoderOutput out) {
      byte[] bytes = open.toByteArray();
      open.reset();
      if (bug == Bug.HALF_A_FRAME_DELIVERED && bytes.length > 2) {
        out.write(Arrays.copyOfRange(bytes, 2, bytes.length));
      }
    }
  }

  private static final class LengthEncoder extends ProtocolEncoderAdapter {

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
      byte[] bytes = (byte[]) message;
      out.write(
          IoBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).flip());
    }
  }
}
