package parley.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
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

  static boolean isNetwork(String text) {
    return parse(text) != null;
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
      int mask = 0x80 >> bit % Byte.SIZE;
      if (((other[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
