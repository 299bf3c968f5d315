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
 * Reports that the connection ended before the answer came, and why it ended. Its cause, if there
 * is one, tells the kinds apart: a ConnectionResetException, a CutShortException for an end inside
 * a frame, another FrameException, or what a filter threw.
 */
public final class ConnectionLostException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns the reason of a session's end, after its first fault if there was one. */
  static ConnectionLostException of(IoSession session, @Nullable Throwable fault) {
    return new ConnectionLostException(reason(session, fault), fault);
  }

  /** Returns another one of the same reason, for one more future. */
  ConnectionLostException copy() {
    return new ConnectionLostException(String.valueOf(getMessage()), getCause());
  }

  private static String reason(IoSession session, @Nullable Throwable fault) {
    if (fault instanceof ConnectionResetException || fault instanceof TlsException) {
      return "connection lost: " + fault.getMessage();
    }
    if (fault instanceof CutShortException) {
      return "connection cut short: " + fault.getMessage();
    }
    if (fault instanceof FrameException) {
      return "the server sent what is no frame: " + fault.getMessage();
    }
    if (fault != null) {
      return "connection closed after " + fault;
    }
    return Input.of(session).isEnded() || TlsEngineFilter.isEnded(session)
        ? "connection closed by the server"
        : "connection closed";
  }
}
