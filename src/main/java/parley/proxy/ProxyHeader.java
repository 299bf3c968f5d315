package parley.proxy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionState;

/**
 * The header that a proxy sent for a connection (the PROXY protocol, HAProxy's specification of
 * 2020/03/05). Immutable.
 *
 * @param local whether it is LOCAL (version 2): the proxy opened the connection for itself, such as
 *     for a health check
 * @param source the client; null if the connection is the proxy's own (LOCAL), or the proxy does
 *     not know or send it (UNKNOWN, UNSPEC, a Unix socket, UDP)
 * @param destination the address to which the client connected; null if source is null
 * @param tlvs all other values in their order; version 2 only
 */
public record ProxyHeader(
    boolean local,
    @Nullable InetSocketAddress source,
    @Nullable InetSocketAddress destination,
    List<Tlv> tlvs) {

  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");

  /** The type of the host that the client requested, for example by SNI. */
  public static final int AUTHORITY = 0x02;

  /** The type of the connection's id that the proxy assigned. */
  public static final int UNIQUE_ID = 0x05;

  /** The type of the data about TLS between the client and the proxy. */
  public static final int SSL = 0x20;

  /**
   * One value of a header; values of unknown types are included.
   *
   * @param type the type, 0 to 255
   * @param value the bytes, read-only
   */
  public record Tlv(int type, ByteBuffer value) {}

  /**
   * Creates a header; copies the list.
   *
   * @param local whether the proxy opened the connection for itself
   * @param source the client, or null
   * @param destination the address to which the client connected, or null
   * @param tlvs all other values in their order
   */
  public ProxyHeader {
    tlvs = List.copyOf(tlvs);
  }

  /**
   * Returns the header of a session.
   *
   * @param session the session
   * @return the header, or null if the connection came without one
   */
  public static @Nullable ProxyHeader of(IoSession session) {
    SessionState.Handshake handshake = SessionState.of(session).proxy();
    return handshake == null ? null : (ProxyHeader) handshake.result();
  }

  /**
   * Returns the connection's id that the proxy assigned.
   *
   * @return the id, as text if it is printable ASCII, otherwise in hex; null if there is none
   */
  public @Nullable String uniqueId() {
    ByteBuffer value = tlv(UNIQUE_ID);
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return PRINTABLE.matcher(text).matches() ? text : HexFormat.of().formatHex(bytes);
  }

  /**
   * Returns the first value of a type.
   *
   * @param type the type, 0 to 255
   * @return the value, or null if there is none
   */
  public @Nullable ByteBuffer tlv(int type) {
    return tlvs.stream()
        .filter(each -> each.type == type)
        .map(each -> each.value.duplicate())
        .findFirst()
        .orElse(null);
  }
}
