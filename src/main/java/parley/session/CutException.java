package parley.session;

import java.io.IOException;

/**
 * Thrown when this side cut a connection: its peer reads too slowly to receive a last message, too
 * much waits to be sent, or its end waits for answers that do not come.
 */
public final class CutException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception for a limit that was exceeded.
   *
   * @param rule the message, with the limit and its bound
   */
  public CutException(String rule) {
    super(rule);
  }
}
