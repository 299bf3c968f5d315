package parley.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;

/**
 * A network of addresses, such as {@code 10.0.0.0/24}; an address alone is one too.
 *
 * @param first the address that names it, whose bits after the prefix are zero
 * @param bits the length of the prefix
 */
record Network(InetAddress first, int bits) {

  /**
   * Reads a network.
   *
   * @throws IllegalArgumentException if the text is not one; the message says what is expected
   */
  static Network parse(String text) {
    String[] parts = text.split("/", 2);
    InetAddress address = Endpoint.literal(parts[0]);
    int most = address == null ? -1 : address.getAddress().length * Byte.SIZE;
    int bits =
        parts.length == 1 ? most : parts[1].matches("\\d{1,3}") ? Integer.parseInt(parts[1]) : 999;
    if (address == null || bits > most) {
      throw new IllegalArgumentException(
          "addresses and networks, such as 10.0.0.7, 10.0.0.0/24 or fd00::/8");
    }
    InetAddress first = first(address, bits);
    if (!address.equals(first)) {
      throw new IllegalArgumentException(
          String.format(
              "a network without bits of a host: %s/%d, not %s",
              first.getHostAddress(), bits, text));
    }
    return new Network(first, bits);
  }

  /** Returns what is expected instead of a text; null if it is a network. */
  static @Nullable String expected(String text) {
    try {
      var unused = parse(text);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Whether an address is of this network. */
  boolean has(InetAddress address) {
    return first(address, bits).equals(first);
  }

  private static InetAddress first(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    for (int i = bits; i < bytes.length * Byte.SIZE; i++) {
      bytes[i / Byte.SIZE] &= (byte) ~(0x80 >> i % Byte.SIZE);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // it has another length
    }
  }
}
