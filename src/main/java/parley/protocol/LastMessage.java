package parley.protocol;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.codec.FrameException;

/** Encodes the refusal that a protocol sends to a peer before there is a session. */
public final class LastMessage {

  private static final Logger LOG = LoggerFactory.getLogger(LastMessage.class);
  private static final byte[] NONE = {};

  private LastMessage() {}

  /**
   * Returns the encoded refusal of an {@link AnswerHandler}. It is empty for any other handler, and
   * if the refusal cannot be made without a real session.
   *
   * @param handler the handler of the protocol
   * @param codec the codec of the protocol
   * @param cause why the peer is refused
   * @return the bytes to send
   */
  public static byte[] of(IoHandler handler, ProtocolCodecFactory codec, FrameException cause) {
    if (!(handler instanceof AnswerHandler<?, ?> answers)) {
      return NONE;
    }
    IoSession nobody = new DummySession();
    try {
      return encoded(codec, nobody, answers.refusal(nobody, cause));
    } catch (Exception | LinkageError e) {
      LOG.debug("refusal not encoded: cause=\"{}\"", cause.getMessage(), e);
      return NONE;
    }
  }

  private static byte[] encoded(ProtocolCodecFactory codec, IoSession session, Answer<?> refusal)
      throws Exception {
    IoBuffer all = IoBuffer.allocate(64).setAutoExpand(true);
    for (Object message : refusal.asLast().messages()) {
      if (message instanceof IoBuffer bytes) {
        all.put(bytes);
      } else {
        codec.getEncoder(session).encode(session, message, part -> all.put((IoBuffer) part));
      }
    }
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    return bytes;
  }
}
