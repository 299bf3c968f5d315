package parley.codec;

import org.apache.mina.filter.codec.ProtocolCodecException;

/**
 * Thrown when the peer sent something that is not a frame: too long, malformed or cut short. The
 * message names the rule and the bound and never contains received data, so it may go to the peer
 * and to the log. Its subclasses are {@link CutShortException} for the end of stream inside a
 * frame, {@link DeadlineException}, and {@link LimitException} for a limit other than that of a
 * frame.
 *
 * <p>After it, the session decodes nothing more: it answers the pending frames and closes.
 */
public sealed class FrameException extends ProtocolCodecException
    permits CutShortException, DeadlineException, LimitException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception for a broken rule.
   *
   * @param rule the message, such as {@code line too long: more than 1024 bytes}
   */
  public FrameException(String rule) {
    super(rule);
  }
}
