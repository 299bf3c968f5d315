package parley.codec;

/**
 * Reports that a peer went past a limit other than that of a frame, such as a number of
 * connections. Ends the session as every {@link FrameException} does.
 */
public final class LimitException extends FrameException {

  private static final long serialVersionUID = 1;

  /** A limit that was passed, such as {@code too many connections: more than 20000}. */
  public LimitException(String rule) {
    super(rule);
  }
}
