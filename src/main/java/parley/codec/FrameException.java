package parley.codec;

import org.apache.mina.filter.codec.ProtocolCodecException;

/**
 * Reports that the peer sent something that is not a frame: too long, malformed, cut short. The
 * message names the rule and the bound and never holds what was sent, so it may go to the peer and
 * the log. Of its kind are a {@link CutShortException}, the end of stream inside a frame, a {@link
 * DeadlineException}, and a {@link LimitException} for a limit other than that of a frame.
 *
 * <p>After it, nothing more is decoded on that session: it answers what is in flight and closes.
 */
public sealed class FrameException extends ProtocolCodecException
    permits CutShortException, DeadlineException, LimitException {

  private static final long serialVersionUID = 1;

  /** A broken rule, such as {@code line too long: more than 1024 bytes}. */
  public FrameException(String rule) {
    super(rule);
  }
}
