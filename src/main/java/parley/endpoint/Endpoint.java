package parley.endpoint;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a transport address, {@code tcp://HOST:PORT} or {@code tls://HOST:PORT}: the half
 * association {protocol, local address, local process} that {@code bind} or {@code connect} takes.
 *
 * <p>The host is a name, an IPv4 address, or an IPv6 address in brackets (RFC 3986, 3.2.2). Names
 * are resolved by {@link #toSocketAddress()} only.
 *
 * @param scheme the transport: {@code tcp}, or {@code tls} for TLS on it
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 lets {@code bind} take a free one
 */
public record Endpoint(String scheme, String host, int port) {

  private static final String TLS = "tls";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>[a-z]+)://(?:\\[(?<v6>[^\\[\\]]*)]|(?<host>[^:/\\[\\]]+)):(?<port>.*)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern IPV4_LITERAL =
      Pattern.compile(
          "((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)");
  private static final Pattern IPV6_LITERAL =
      Pattern.compile("(?=.*:)[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[^\\s/%\\[\\]]+)?");

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is not as said above; the message names it
   */
  public Endpoint {
    if (!scheme.equals("tcp") && !scheme.equals(TLS)) {
      throw new IllegalArgumentException("scheme: \"" + scheme + "\" (expected: tcp or tls)");
    }
    if (!NAME.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "host: \"" + host + "\" (expected: a name, an IPv4 address, or an IPv6 address in [ ])");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
  }

  /**
   * Reads {@code tcp://HOST:PORT} or {@code tls://HOST:PORT}.
   *
   * @throws IllegalArgumentException if the text has another form; the message shows it
   */
  public static Endpoint parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" (expected: tcp://HOST:PORT or tls://HOST:PORT, such as tcp://127.0.0.1:9123 or tls://[::1]:9123)");
    }
    String v6 = parts.group("v6");
    if (v6 != null && !IPV6.matcher(v6).matches()) {
      throw new IllegalArgumentException(
          "host: \"[" + v6 + "]\" (expected: an IPv6 address in [ ])");
    }
    String host = v6 != null ? v6 : parts.group("host");
    return new Endpoint(parts.group("scheme"), host, port(parts.group("port")));
  }

  private static int port(String digits) {
    if (!digits.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("port: \"" + digits + "\" (expected: 0 to 65535)");
    }
    return Integer.parseInt(digits);
  }

  /** The endpoint of a socket's address, with its numeric host. */
  public static Endpoint of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return new Endpoint("tcp", host, address.getPort());
  }

  /** Returns the address that a text is; null for anything else. Never looks a name up. */
  public static @Nullable InetAddress literal(String text) {
    try {
      return IPV4_LITERAL.matcher(text).matches() || IPV6_LITERAL.matcher(text).matches()
          ? InetAddress.getByName(text)
          : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Whether TLS is spoken there. */
  public boolean isTls() {
    return scheme.equals(TLS);
  }

  /** This endpoint with another port, such as the one that {@code bind} took for 0. */
  public Endpoint withPort(int newPort) {
    return new Endpoint(scheme, host, newPort);
  }

  /** This endpoint with another host, without brackets. */
  public Endpoint withHost(String newHost) {
    return new Endpoint(scheme, newHost, port);
  }

  /** The address for {@code bind} and {@code connect}; looks a name up, so it may block. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  /** {@code HOST:PORT}, an IPv6 host in brackets. */
  public String authority() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** {@code tcp://HOST:PORT}; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
