package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/**
 * MINA's form of an encoder that may put into a buffer that holds other messages.
 *
 * @param frames only puts, relative to the buffer's position, and keeps nothing of the buffer
 */
record BufferEncoder(FrameEncoder<Object> frames) implements ProtocolEncoder {

  /** Room for a short message; the buffer grows. */
  static final int FIRST_ROOM = 64;

  @Override
  public void encode(IoSession session, Object message, ProtocolEncoderOutput out)
      throws Exception {
    IoBuffer buffer = IoBuffer.allocate(FIRST_ROOM).setAutoExpand(true);
    frames.encode(message, buffer);
    out.write(buffer.flip());
  }

  @Override
  public void dispose(IoSession session) {}
}
