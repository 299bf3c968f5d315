package parley.tls;

import javax.net.ssl.SSLSession;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionState;

/** What a handler can ask about the TLS of a session. */
public final class Tls {

  private Tls() {}

  /**
   * Returns the version, the cipher suite and the peer's certificates of a session; null before the
   * handshake is done, and without TLS. Any thread may call.
   */
  public static @Nullable SSLSession of(IoSession session) {
    SessionState.Handshake handshake = SessionState.of(session).tls();
    return handshake == null ? null : (SSLSession) handshake.result();
  }
}
