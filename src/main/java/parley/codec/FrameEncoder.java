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
   * Puts a message's bytes into a buffer, which grows by itself. Other messages may stand before
   * its position: count places from there. Its byte order is big-endian unless set here.
   *
   * @throws Exception if the message cannot be sent as it is, such as an IllegalArgumentException
   *     with what is allowed; then nothing of it is sent
   */
  void encode(M message, IoBuffer out) throws Exception;
}
