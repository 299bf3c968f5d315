package parley.codec;

/**
 * Thrown when a peer exceeded a limit other than that of a frame, such as a number of connections.
 * It ends the session like every {@link FrameException}.
 */
public final class LimitException extends FrameException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception for a limit that was exceeded.
   *
   * @param rule the message, such as {@code too many connections: more than 20000}
   */
  public LimitException(String rule) {
    super(rule);
  }
}
