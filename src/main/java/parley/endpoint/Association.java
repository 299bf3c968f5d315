package parley.endpoint;

import java.net.InetSocketAddress;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one live connection, {protocol, local endpoint, remote endpoint}: the key of its
 * log lines and figures. No two connections of a host have the same one at the same time.
 *
 * @param protocol the transport protocol, {@code tcp}
 * @param local this side's endpoint, or the endpoint to which the client of a trusted proxy
 *     connected
 * @param remote the peer's endpoint, or that of the client of a trusted proxy
 */
public record Association(String protocol, Endpoint local, Endpoint remote) {

  /** The place where a session keeps its association: its attribute map, if that is Parley's. */
  public interface Known {

    /** {@return the association, or null if it was not requested yet} */
    @Nullable Association association();

    /**
     * Sets the association.
     *
     * @param its the association of the session
     */
    void setAssociation(Association its);
  }

  /**
   * The local endpoint of the previous session. Sessions of a listener have the same one and share
   * it.
   */
  private static volatile @Nullable Endpoint lastLocal;

  /**
   * Returns the association of a session. After the session has closed it is known only if it was
   * requested while the session was open.
   *
   * @param session the session
   * @return the association, or null if it is not known
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

  /** {@return {@code {tcp, LOCAL, REMOTE}}} */
  @Override
  public String toString() {
    return "{" + protocol + ", " + local.authority() + ", " + remote.authority() + "}";
  }
}
