package parley.endpoint;

import java.net.InetSocketAddress;
import org.apache.mina.core.session.AbstractIoSession;
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

  /** Keeps the association of a session: its attribute map, if it is one of Parley's. */
  public interface Known {

    /** The association, or null if it was not asked for yet. */
    @Nullable Association association();

    /** Sets it. */
    void setAssociation(Association its);
  }

  /** That of the session before: those of a listener have the same one, and share it. */
  private static volatile @Nullable Endpoint lastLocal;

  /**
   * The association of a session, also after it was closed if it was asked for while open; else
   * null.
   */
  public static @Nullable Association of(IoSession session) {
    Known kept = kept(session);
    Association known = kept == null ? null : kept.association();
    if (known != null) {
      return known;
    }
    if (session.getLocalAddress() instanceof InetSocketAddress local
        && session.getRemoteAddress() instanceof InetSocketAddress remote) {
      Association made = new Association("tcp", shared(Endpoint.of(local)), Endpoint.of(remote));
      if (kept != null) {
        kept.setAssociation(made);
      }
      return made;
    }
    return null;
  }

  private static @Nullable Known kept(IoSession session) {
    return session instanceof AbstractIoSession own && own.getAttributeMap() instanceof Known known
        ? known
        : null;
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
