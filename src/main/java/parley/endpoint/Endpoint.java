package parley.endpoint;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A transport address, {@code tcp://HOST:PORT} or {@code tls://HOST:PORT}: the half association
 * {protocol, local address, local process} that {@code bind} or {@code connect} takes.
 *
 * <p>The host is a name, an IPv4 address, or an IPv6 address in brackets (RFC 3986, section 3.2.2).
 * Only {@link #toSocketAddress()} resolves names.
 *
 * @param scheme the transport: {@code tcp}, or {@code tls} for TLS over TCP
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; at 0, {@code bind} takes a free port
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
   * Creates an endpoint.
   *
   * @param scheme the transport: {@code tcp}, or {@code tls} for TLS over TCP
   * @param host a name or an address, without brackets
   * @param port 0 to 65535; at 0, {@code bind} takes a free port
   * @throws IllegalArgumentException if a part is not valid; the message names it
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
   * Parses {@code tcp://HOST:PORT} or {@code tls://HOST:PORT}.
   *
   * @param text the endpoint's text
   * @return the endpoint
   * @throws IllegalArgumentException if the text has another form; the message has the text
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

  /**
   * Returns the endpoint of a socket's address, with its numeric host.
   *
   * @param address the address
   * @return the endpoint, with the scheme {@code tcp}
   */
  public static Endpoint of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return new Endpoint("tcp", host, address.getPort());
  }

  /**
   * Returns the address that a text represents. Never looks up a name.
   *
   * @param text an IPv4 or IPv6 address, or anything else
   * @return the address, or null if the text is not an address
   */
  public static @Nullable InetAddress literal(String text) {
    try {
      return IPV4_LITERAL.matcher(text).matches() || IPV6_LITERAL.matcher(text).matches()
          ? InetAddress.getByName(text)
          : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** {@return whether the scheme is {@code tls}} */
  public boolean isTls() {
    return scheme.equals(TLS);
  }

  /**
   * Returns this endpoint with another port, such as the one that {@code bind} took for 0.
   *
   * @param newPort the port, 0 to 65535
   * @return the new endpoint
   */
  public Endpoint withPort(int newPort) {
    return new Endpoint(scheme, host, newPort);
  }

  /**
   * Returns this endpoint with another host.
   *
   * @param newHost the host, without brackets
   * @return the new endpoint
   */
  public Endpoint withHost(String newHost) {
    return new Endpoint(scheme, newHost, port);
  }

  /**
   * Returns the address for {@code bind} and {@code connect}. It looks up a name, so it may block.
   *
   * @return the address, unresolved if the name is unknown
   */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  /** {@return {@code HOST:PORT}, with an IPv6 host in brackets} */
  public String authority() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** {@return {@code tcp://HOST:PORT}, which {@link #parse} accepts} */
  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
