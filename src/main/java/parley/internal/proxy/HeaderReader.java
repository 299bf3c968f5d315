package parley.internal.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.proxy.ProxyHeader;

/**
 * Reads a header of either version from the first bytes of a connection. Version 1 is a line,
 * {@code PROXY TCP4 SOURCE DESTINATION PORT PORT}, ended by CRLF (2.1); {@link BinaryHeader} reads
 * version 2.
 */
final class HeaderReader {

  /** The header of a proxy's own connection. */
  static final ProxyHeader LOCAL = new ProxyHeader(true, null, null, List.of());

  /** The header of a proxy that names no client. */
  static final ProxyHeader OF_THE_PROXY = new ProxyHeader(false, null, null, List.of());

  private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_LINE = 107;

  private HeaderReader() {}

  /**
   * Reads a header, and leaves the bytes after it.
   *
   * @param in all bytes so far; its position stays until the header is complete
   * @param most the maximum number of bytes of a version 2 header
   * @return null if more bytes are needed
   * @throws ProtocolException as soon as the bytes cannot start a header; the message names the
   *     rule and contains no received data
   */
  static @Nullable ProxyHeader read(ByteBuffer in, int most) throws ProtocolException {
    if (!in.hasRemaining()) {
      return null;
    }
    if (begins(in, BinaryHeader.SIGNATURE)) {
      return BinaryHeader.read(in, most);
    }
    if (begins(in, TEXT)) {
      return readLine(in);
    }
    throw new ProtocolException("no header");
  }

  private static boolean begins(ByteBuffer in, byte[] with) {
    int count = Math.min(in.remaining(), with.length);
    return in.slice(in.position(), count).equals(ByteBuffer.wrap(with, 0, count));
  }

  private static @Nullable ProxyHeader readLine(ByteBuffer in) throws ProtocolException {
    byte[] begun = new byte[Math.min(in.remaining(), MAX_LINE)];
    in.get(in.position(), begun);
    String text = new String(begun, StandardCharsets.US_ASCII);
    int end = text.indexOf('\n');
    if (end < 0 && begun.length == MAX_LINE) {
      throw new ProtocolException("version 1: longer than " + MAX_LINE + " bytes");
    }
    if (end < 0) {
      return null;
    }
    if (text.charAt(end - 1) != '\r') {
      throw new ProtocolException("version 1: no CR before its LF");
    }
    in.position(in.position() + end + 1);
    return of(text.substring(0, end - 1));
  }

  private static ProxyHeader of(String line) throws ProtocolException {
    String[] words = line.split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return OF_THE_PROXY; // the rest must be ignored
    }
    boolean four = words[1].equals("TCP4");
    if (!four && !words[1].equals("TCP6")) {
      throw new ProtocolException("version 1: neither TCP4, TCP6 nor UNKNOWN");
    }
    if (words.length != 6) {
      throw new ProtocolException("version 1: not two addresses and two ports");
    }
    return new ProxyHeader(
        false, address(words[2], words[4], four), address(words[3], words[5], four), List.of());
  }

  private static InetSocketAddress address(String host, String port, boolean four)
      throws ProtocolException {
    InetAddress address = host.contains(":") == four ? null : Endpoint.literal(host);
    if (address == null || (four && !(address instanceof Inet4Address))) {
      throw new ProtocolException("version 1: an invalid address");
    }
    if (!port.matches("0|[1-9]\\d{0,4}") || Integer.parseInt(port) > 65_535) {
      throw new ProtocolException("version 1: an invalid port");
    }
    return new InetSocketAddress(address, Integer.parseInt(port));
  }
}
