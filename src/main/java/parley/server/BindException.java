package parley.server;

/** Reports which listener could not bind, where, and why. */
public final class BindException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BindException(String message, Throwable cause) {
    super(message, cause);
  }
}
