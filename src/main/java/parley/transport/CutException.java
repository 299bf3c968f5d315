package parley.transport;

import java.io.IOException;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.SocketSessionConfig;

/**
 * Says that this side cuts a connection: its peer takes too little to be told why, too much waits
 * to be sent, or its end waits for answers that do not come.
 */
public final class CutException extends IOException {

  private static final long serialVersionUID = 1;

  private CutException(String rule) {
    super(rule);
  }

  /**
   * Tells a session's handler and the log why, and resets the connection: at a mere close the
   * kernel would keep what it has of the answers, for minutes, and try to send it. Called on the
   * loop's thread.
   *
   * @param reason of its end
   * @param rule the limit that was passed, and its bound
   */
  public static void cut(IoSession session, EndReason reason, String rule) {
    if (!session.isClosing()) {
      SessionLifecycle.of(session).end(reason, SessionLifecycle.Rest.DROPPED);
      session.getFilterChain().fireExceptionCaught(new CutException(rule));
      if (session.getConfig() instanceof SocketSessionConfig config && session.isConnected()) {
        config.setSoLinger(0);
      }
      session.closeNow();
    }
  }
}
