package parley.transport;

import java.io.IOException;

/** Says that this side cuts a connection whose peer takes too little to be told why. */
public final class CutException extends IOException {

  private static final long serialVersionUID = 1;

  /** The limit that was passed, and its bound. */
  public CutException(String rule) {
    super(rule);
  }
}
