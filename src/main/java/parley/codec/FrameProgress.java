package parley.codec;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;

/** A decoder that says whether a frame is begun and not complete, for the deadline of a frame. */
public interface FrameProgress {

  /**
   * Whether it keeps a part of a frame.
   *
   * @param guess what is taken to be so of a decoder that does not say; for one around another
   */
  boolean isInFrame(IoSession session, boolean guess);

  /** Whether it keeps nothing of the buffer that it is given, so that the buffer may be reused. */
  default boolean copiesInput() {
    return false;
  }

  /**
   * Whether a decoder is inside a frame.
   *
   * @param guess what is taken to be so of a decoder that does not say
   */
  static boolean isInFrame(ProtocolDecoder decoder, IoSession session, boolean guess) {
    return decoder instanceof FrameProgress says ? says.isInFrame(session, guess) : guess;
  }
}
