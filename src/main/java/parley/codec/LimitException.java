package parley.codec;

/**
 * Says that a peer went past a limit other than that of a frame: a deadline, a number of
 * connections, bytes that it does not take. Ends the session as every {@link FrameException} does.
 */
public final class LimitException extends FrameException {

  private static final long serialVersionUID = 1;

  private final boolean reached;

  /** A limit that was passed, such as {@code no frame within 60 s}; the peer can still be told. */
  public LimitException(String rule) {
    this(rule, true);
  }

  /**
   * A limit that was passed.
   *
   * @param reached whether the peer can still be told; else the session is cut at once
   */
  public LimitException(String rule, boolean reached) {
    super(rule);
    this.reached = reached;
  }

  /** Whether the peer still takes what is sent. */
  public boolean isPeerReached() {
    return reached;
  }
}
