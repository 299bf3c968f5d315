package parley.server;

import java.io.IOException;

/** Reports which listener could not bind, where, and why. */
public final class BindException extends IOException {

  private static final long serialVersionUID = 1;

  BindException(String message, Throwable cause) {
    super(message, cause);
  }
}
