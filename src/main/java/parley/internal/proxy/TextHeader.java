package parley.internal.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.proxy.ProxyHeader;

/** Version 1: a line, {@code PROXY TCP4 SOURCE DESTINATION PORT PORT}, ended by CRLF (2.1). */
final class TextHeader {

  private static final int MOST = 107;

  private TextHeader() {}

  static @Nullable ProxyHeader read(ByteBuffer in) throws HeaderException {
    int from = in.position();
    int end = Math.min(in.limit(), from + MOST);
    for (int i = from + 1; i < end; i++) {
      if (in.get(i) == '\n') {
        if (in.get(i - 1) != '\r') {
          throw new HeaderException("version 1: no CR before its LF");
        }
        byte[] line = new byte[i - 1 - from];
        in.get(line);
        in.position(i + 1);
        return of(new String(line, StandardCharsets.US_ASCII));
      }
    }
    if (in.remaining() >= MOST) {
      throw new HeaderException("version 1: longer than " + MOST + " bytes");
    }
    return null;
  }

  private static ProxyHeader of(String line) throws HeaderException {
    String[] words = line.split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return HeaderReader.OF_THE_PROXY; // the rest is to be ignored
    }
    boolean four = words[1].equals("TCP4");
    if (!four && !words[1].equals("TCP6")) {
      throw new HeaderException("version 1: neither TCP4, TCP6 nor UNKNOWN");
    }
    if (words.length != 6) {
      throw new HeaderException("version 1: not two addresses and two ports");
    }
    return new ProxyHeader(
        false, address(words[2], words[4], four), address(words[3], words[5], four), List.of());
  }

  private static InetSocketAddress address(String host, String port, boolean four)
      throws HeaderException {
    InetAddress address = host.contains(":") == four ? null : Endpoint.literal(host);
    if (address == null || (four && !(address instanceof Inet4Address))) {
      throw new HeaderException("version 1: an address that is none");
    }
    if (!port.matches("0|[1-9]\\d{0,4}") || Integer.parseInt(port) > 65_535) {
      throw new HeaderException("version 1: a port that is none");
    }
    return new InetSocketAddress(address, Integer.parseInt(port));
  }
}
