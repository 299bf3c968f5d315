package parley.proxy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionState;

/**
 * What a proxy says of the connection that it makes (the PROXY protocol, HAProxy's specification of
 * 2020/03/05). Immutable.
 *
 * @param local whether it says LOCAL (version 2): the connection is the proxy's, such as a health
 *     check
 * @param source the client; null if the proxy speaks for itself (LOCAL), or does not know or say
 *     (UNKNOWN, UNSPEC, a Unix socket, UDP)
 * @param destination where the client has connected to; null as is source
 * @param tlvs what else it says, in its order; version 2 only
 */
public record ProxyHeader(
    boolean local,
    @Nullable InetSocketAddress source,
    @Nullable InetSocketAddress destination,
    List<Tlv> tlvs) {

  /** The host that the client has asked for, such as by SNI. */
  public static final int AUTHORITY = 0x02;

  /** An id of the connection that the proxy has given. */
  public static final int UNIQUE_ID = 0x05;

  /** What was TLS between the client and the proxy. */
  public static final int SSL = 0x20;

  /** A type and its value, which is read-only; those of types that are not known are there too. */
  public record Tlv(int type, ByteBuffer value) {}

  /** A copy of what is given. */
  public ProxyHeader {
    tlvs = List.copyOf(tlvs);
  }

  /** The header of a session, or null if it came without. */
  public static @Nullable ProxyHeader of(IoSession session) {
    SessionState.Handshake handshake = SessionState.of(session).proxy();
    return handshake == null ? null : (ProxyHeader) handshake.result();
  }

  /** The first value of a type, or null. */
  public @Nullable ByteBuffer tlv(int type) {
    return tlvs.stream()
        .filter(each -> each.type == type)
        .map(each -> each.value.duplicate())
        .findFirst()
        .orElse(null);
  }
}
