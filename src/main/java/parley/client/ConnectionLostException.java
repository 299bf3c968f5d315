package parley.client;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.CutShortException;
import parley.codec.FrameException;
import parley.internal.loop.Input;
import parley.internal.tls.TlsEngineFilter;
import parley.session.ConnectionResetException;
import parley.tls.TlsException;

/**
 * Thrown when the connection ended before the answer came. Its message has the reason. Its cause,
 * if there is one, distinguishes the kinds of loss: a ConnectionResetException, a CutShortException
 * for an end inside a frame, another FrameException, or the exception of a filter.
 */
public final class ConnectionLostException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns the reason why a session ended; its first fault, if there was one.
   *
   * @param protocol the description of its protocol, for a fault of its code
   */
  static ConnectionLostException of(IoSession session, @Nullable Throwable fault, String protocol) {
    return new ConnectionLostException(reason(session, fault, protocol), fault);
  }

  /** Returns a copy with the same reason, for another future. */
  ConnectionLostException copy() {
    return new ConnectionLostException(String.valueOf(getMessage()), getCause());
  }

  private static String reason(IoSession session, @Nullable Throwable fault, String protocol) {
    if (fault instanceof ConnectionResetException || fault instanceof TlsException) {
      return "connection lost: " + fault.getMessage();
    }
    if (fault instanceof CutShortException) {
      return "connection cut short: " + fault.getMessage();
    }
    if (fault instanceof FrameException) {
      return "the server sent an invalid frame: " + fault.getMessage();
    }
    if (fault != null) {
      return "connection closed after a fault in " + protocol + ": " + fault;
    }
    return Input.of(session).isEnded() || TlsEngineFilter.isEnded(session)
        ? "connection closed by the server"
        : "connection closed";
  }
}
