package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;

/**
 * An encoder of a message as one frame; a lambda is enough. One instance serves all sessions, so it
 * keeps nothing between calls.
 *
 * @param <M> the type of the messages
 */
@FunctionalInterface
public interface FrameEncoder<M> {

  /**
   * Puts a message's bytes into a buffer, which grows by itself. The buffer is empty, big-endian,
   * and used for this message only. Do not flip it: the bytes before its position are copied and
   * sent. If there are none, the write fails with the encoder's name.
   *
   * @param message the message
   * @param out the buffer
   * @throws Exception if the message cannot be sent unchanged, such as an IllegalArgumentException
   *     with the allowed values; then nothing of it is sent
   */
  void encode(M message, IoBuffer out) throws Exception;
}
