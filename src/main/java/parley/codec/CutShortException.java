package parley.codec;

/**
 * Reports that the peer ended its stream inside a frame. Ends the session as every {@link
 * FrameException} does.
 */
public final class CutShortException extends FrameException {

  private static final long serialVersionUID = 1;

  /** Where it ended, such as {@code end of stream inside a line}. */
  public CutShortException(String rule) {
    super(rule);
  }
}
