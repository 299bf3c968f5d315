package parley.session;

import java.io.IOException;

/**
 * Reports that this side cut a connection: its peer takes too little to be told why, too much waits
 * to be sent, or its end waits for answers that do not come.
 */
public final class CutException extends IOException {

  private static final long serialVersionUID = 1;

  /** A limit that was passed, and its bound. */
  public CutException(String rule) {
    super(rule);
  }
}
