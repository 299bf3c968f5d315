package parley.transport;

import java.io.IOException;

/** Says that a read or a write found the connection gone: reset, timed out, broken. */
public final class ConnectionResetException extends IOException {

  private static final long serialVersionUID = 1;

  ConnectionResetException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
