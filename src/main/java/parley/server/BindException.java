package parley.server;

/** Thrown when a listener cannot bind. The message has its endpoint, its name and the cause. */
public final class BindException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BindException(String message, Throwable cause) {
    super(message, cause);
  }
}
