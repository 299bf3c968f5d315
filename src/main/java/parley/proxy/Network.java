package parley.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A network of addresses, such as {@code 10.0.0.0/24}; an address alone is one too. */
final class Network {

  private static final String IPV4 =
      "((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  private final byte[] prefix;
  private final int bits;

  private Network(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /** Whether an address is of one of some networks. */
  static Predicate<InetAddress> anyOf(List<String> networks) {
    List<Network> all = networks.stream().map(Network::of).toList();
    return address -> all.stream().anyMatch(each -> each.has(address));
  }

  /** What is expected in the place of a text, or null if it is a network. */
  static @Nullable String expected(String text) {
    Network network = parse(text);
    if (network == null) {
      return "addresses and networks, such as 10.0.0.7, 10.0.0.0/24 or fd00::/8";
    }
    byte[] own = network.ownBits();
    return Arrays.equals(own, network.prefix)
        ? null
        : "a network without bits of a host: " + text(own) + "/" + network.bits + ", not " + text;
  }

  private byte[] ownBits() {
    byte[] own = prefix.clone();
    for (int bit = bits; bit < own.length * Byte.SIZE; bit++) {
      own[bit / Byte.SIZE] &= (byte) ~mask(bit);
    }
    return own;
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // it has another length
    }
  }

  private static int mask(int bit) {
    return 0x80 >> bit % Byte.SIZE;
  }

  private static Network of(String text) {
    Network network = parse(text);
    if (network == null) {
      throw new IllegalArgumentException("no network: " + text);
    }
    return network;
  }

  private static @Nullable Network parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    byte[] bytes = address.getAddress();
    int most = bytes.length * Byte.SIZE;
    if (slash < 0) {
      return new Network(bytes, most);
    }
    String bits = text.substring(slash + 1);
    return bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most
        ? new Network(bytes, Integer.parseInt(bits))
        : null;
  }

  /** A numeric address, or null: names are not looked up. */
  static @Nullable InetAddress address(String text) {
    boolean numeric =
        text.matches(IPV4)
            || (text.contains(":") && text.matches("[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}"));
    try {
      return numeric ? InetAddress.getByName(text) : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private boolean has(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != prefix.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (((other[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask(bit)) != 0) {
        return false;
      }
    }
    return true;
  }
}
