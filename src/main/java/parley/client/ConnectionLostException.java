package parley.client;

import org.jspecify.annotations.Nullable;

/**
 * Says that the connection ended before the answer came, and why it ended. Its cause, if there is
 * one, tells the kinds apart: a ConnectionResetException, a CutShortException for an end inside a
 * frame, another FrameException, or what a filter threw.
 */
public final class ConnectionLostException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectionLostException(String message) {
    this(message, null);
  }

  ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
