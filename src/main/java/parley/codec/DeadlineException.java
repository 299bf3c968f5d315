package parley.codec;

/**
 * Reports that a peer was too late with a frame, or was idle for too long. Ends the session as
 * every {@link FrameException} does.
 */
public final class DeadlineException extends FrameException {

  private static final long serialVersionUID = 1;

  /** A deadline that has passed, such as {@code idle for 600 s}. */
  public DeadlineException(String rule) {
    super(rule);
  }
}
