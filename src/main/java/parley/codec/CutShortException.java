package parley.codec;

/**
 * Thrown when the peer ended its stream inside a frame. It ends the session like every {@link
 * FrameException}.
 */
public final class CutShortException extends FrameException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception for the place where the stream ended.
   *
   * @param rule the message, such as {@code end of stream inside a line}
   */
  public CutShortException(String rule) {
    super(rule);
  }
}
