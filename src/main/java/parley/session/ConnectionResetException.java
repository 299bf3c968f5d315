package parley.session;

import java.io.IOException;

/** Thrown when a read or a write finds that the connection is gone: reset, timed out or broken. */
public final class ConnectionResetException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception with the cause.
   *
   * @param cause the exception of the read or the write
   */
  public ConnectionResetException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
