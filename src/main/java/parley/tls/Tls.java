package parley.tls;

import javax.net.ssl.SSLSession;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionState;

/** Access to the TLS of a session, for handlers. */
public final class Tls {

  private Tls() {}

  /**
   * Returns the TLS session, with the version, the cipher suite and the peer's certificates. Any
   * thread may call this.
   *
   * @param session the session
   * @return the TLS session, or null before the handshake is done, and without TLS
   */
  public static @Nullable SSLSession of(IoSession session) {
    SessionState.Handshake handshake = SessionState.of(session).tls();
    return handshake == null ? null : (SSLSession) handshake.result();
  }
}
