package parley.endpoint;

import java.net.InetSocketAddress;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Names one live connection by {protocol, local endpoint, remote endpoint}: the key of its log
 * lines and figures. No two connections of a host have the same one at the same time.
 *
 * @param protocol the transport protocol, {@code tcp}
 * @param local this side, or where the client of a trusted proxy has connected to
 * @param remote the peer, or the client of a trusted proxy
 */
public record Association(String protocol, Endpoint local, Endpoint remote) {

  private static final AttributeKey ASSOCIATION =
      new AttributeKey(Association.class, "association");

  /** That of the session before: those of a listener have the same one, and share it. */
  private static volatile @Nullable Endpoint lastLocal;

  /**
   * The association of a session, also after it was closed if it was asked for while open; else
   * null.
   */
  public static @Nullable Association of(IoSession session) {
    if (session.getAttribute(ASSOCIATION) instanceof Association known) {
      return known;
    }
    if (session.getLocalAddress() instanceof InetSocketAddress local
        && session.getRemoteAddress() instanceof InetSocketAddress remote) {
      Association made = new Association("tcp", shared(Endpoint.of(local)), Endpoint.of(remote));
      session.setAttribute(ASSOCIATION, made);
      return made;
    }
    return null;
  }

  /** Gives a session another one: that of the client whom a proxy connects for. */
  public static void set(IoSession session, Association association) {
    session.setAttribute(ASSOCIATION, association);
  }

  private static Endpoint shared(Endpoint local) {
    Endpoint last = lastLocal;
    if (last != null && last.equals(local)) {
      return last;
    }
    lastLocal = local;
    return local;
  }

  /** {@code {tcp, LOCAL, REMOTE}}. */
  @Override
  public String toString() {
    return "{" + protocol + ", " + local.authority() + ", " + remote.authority() + "}";
  }
}
