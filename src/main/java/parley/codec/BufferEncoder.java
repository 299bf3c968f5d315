package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/**
 * A MINA encoder that can also encode straight into a buffer of the caller's, behind what is there:
 * the answers of one turn are encoded into one buffer so. It is sealed, as that buffer holds other
 * messages: an encoder of yours is a {@link FrameEncoder}, which gets a buffer of its own.
 */
public sealed interface BufferEncoder extends ProtocolEncoder permits StraightEncoder {

  /** Room for a short message; the buffer grows. */
  int FIRST_ROOM = 64;

  /**
   * Puts a message's bytes into a buffer, which grows by itself.
   *
   * @throws Exception if the message cannot be sent as it is; what was put until then is dropped
   */
  void encode(IoSession session, Object message, IoBuffer out) throws Exception;

  @Override
  default void encode(IoSession session, Object message, ProtocolEncoderOutput out)
      throws Exception {
    IoBuffer buffer = IoBuffer.allocate(FIRST_ROOM).setAutoExpand(true);
    encode(session, message, buffer);
    out.write(buffer.flip());
  }

  @Override
  default void dispose(IoSession session) throws Exception {}
}
