package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;

/**
 * Encodes a message as one frame: a lambda will do. One instance serves all sessions, so it keeps
 * nothing between calls.
 *
 * @param <M> the type of the messages
 */
@FunctionalInterface
public interface FrameEncoder<M> {

  /**
   * Puts a message's bytes into a buffer, which grows by itself. The buffer is empty, big-endian,
   * and this message's own. Do not flip it: the bytes before its position are copied and sent, and
   * without any the write fails, with the encoder's name.
   *
   * @throws Exception if the message cannot be sent as it is, such as an IllegalArgumentException
   *     with what is allowed; then nothing of it is sent
   */
  void encode(M message, IoBuffer out) throws Exception;
}
