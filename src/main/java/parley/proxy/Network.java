package parley.proxy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;

/**
 * A network of addresses, such as {@code 10.0.0.0/24}; an address alone is one too.
 *
 * @param first the address that names it
 * @param hostBits the number of bits that an address may have of its own
 */
record Network(InetAddress first, int hostBits) {

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
    Network network = new Network(address, most - bits);
    InetAddress lowest = network.lowest();
    if (!address.equals(lowest)) {
      throw new IllegalArgumentException(
          String.format(
              "a network without bits of a host: %s/%d, not %s",
              lowest.getHostAddress(), bits, text));
    }
    return network;
  }

  /** What is expected instead of a text; null if it is a network. */
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
    return address.getClass() == first.getClass() && prefix(address).equals(prefix(first));
  }

  private BigInteger prefix(InetAddress address) {
    return new BigInteger(1, address.getAddress()).shiftRight(hostBits);
  }

  private InetAddress lowest() {
    byte[] number = prefix(first).shiftLeft(hostBits).toByteArray();
    byte[] address = new byte[first.getAddress().length];
    int count = Math.min(number.length, address.length); // it may begin with a sign, of zeros
    System.arraycopy(number, number.length - count, address, address.length - count, count);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // it has another length
    }
  }
}
