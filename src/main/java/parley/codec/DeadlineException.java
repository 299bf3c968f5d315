package parley.codec;

/**
 * Thrown when a frame came too late, or the peer was idle for too long. It ends the session like
 * every {@link FrameException}.
 */
public final class DeadlineException extends FrameException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception for a deadline that has passed.
   *
   * @param rule the message, such as {@code idle for 600 s}
   */
  public DeadlineException(String rule) {
    super(rule);
  }
}
