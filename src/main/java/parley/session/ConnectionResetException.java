package parley.session;

import java.io.IOException;

/** Reports that a read or a write found the connection gone: reset, timed out, broken. */
public final class ConnectionResetException extends IOException {

  private static final long serialVersionUID = 1;

  /** What the read or the write threw. */
  public ConnectionResetException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
