package parley.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The proxies that a listener trusts to begin each connection with a header of the PROXY protocol,
 * and the bounds of that header. It is the block {@code proxy-protocol} of a listener. Immutable.
 */
public final class ProxyConfig {

  /** The addresses and networks of the trusted proxies. */
  public static final Setting<List<String>> TRUSTED =
      Setting.texts("trusted", List.of()).check(ProxyConfig::notNetworks);

  /** The time that a header may take. */
  public static final Setting<Duration> TIMEOUT =
      Setting.duration(
          "timeout", Duration.ofSeconds(3), Duration.ofMillis(1), Duration.ofHours(24));

  /** The longest accepted header of version 2; a header of version 1 has at most 107 bytes. */
  public static final Setting<Integer> MAX_HEADER = Setting.bytes("max-header", 4096, 107, 65_551);

  /** All settings, in the order of reference.conf. */
  public static final List<Setting<?>> ALL = List.of(TRUSTED, TIMEOUT, MAX_HEADER);

  /** A configuration that trusts no proxy: no connection begins with a header. */
  public static final ProxyConfig NONE = new ProxyConfig(Map.of());

  private final Map<String, Object> byKey;
  private final Settings settings;
  private final List<Network> trusted;

  private ProxyConfig(Map<String, Object> byKey) {
    this.byKey = byKey;
    settings = Settings.of("proxy-protocol", ALL, byKey);
    trusted = get(TRUSTED).stream().map(Network::parse).toList();
  }

  private static @Nullable String notNetworks(List<String> all) {
    try {
      all.forEach(Network::parse);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * Returns this config with another value of one setting.
   *
   * @param <T> the type of the value
   * @param setting one of {@link #ALL}
   * @param value its value
   * @return the new config
   * @throws IllegalArgumentException if the value is not allowed, or the setting is not one of
   *     {@link #ALL}
   */
  public <T> ProxyConfig with(Setting<T> setting, T value) {
    Map<String, Object> next = new LinkedHashMap<>(byKey);
    next.put(setting.key(), setting.checked(value));
    return new ProxyConfig(next);
  }

  /**
   * Returns the value of a setting.
   *
   * @param <T> the type of the value
   * @param setting one of {@link #ALL}
   * @return its value
   */
  public <T> T get(Setting<T> setting) {
    return settings.get(setting);
  }

  /** {@return all settings with their values} */
  public Settings settings() {
    return settings;
  }

  /**
   * Returns whether an address belongs to a trusted proxy.
   *
   * @param address the address of a peer
   * @return whether it is trusted
   */
  public boolean trusts(InetAddress address) {
    return trusted.stream().anyMatch(each -> each.has(address));
  }

  /**
   * A network of addresses, such as {@code 10.0.0.0/24}, or a single address.
   *
   * @param first the network's address; its bits after the prefix are zero
   * @param bits the length of the prefix
   */
  private record Network(InetAddress first, int bits) {

    /**
     * Parses a network.
     *
     * @throws IllegalArgumentException if the text is not a network; the message has the allowed
     *     values
     */
    static Network parse(String text) {
      String[] parts = text.split("/", 2);
      InetAddress address = Endpoint.literal(parts[0]);
      int most = address == null ? -1 : address.getAddress().length * Byte.SIZE;
      int bits =
          parts.length == 1
              ? most
              : parts[1].matches("\\d{1,3}") ? Integer.parseInt(parts[1]) : 999;
      if (address == null || bits > most) {
        throw new IllegalArgumentException(
            "addresses and networks, such as 10.0.0.7, 10.0.0.0/24 or fd00::/8");
      }
      InetAddress first = first(address, bits);
      if (!address.equals(first)) {
        throw new IllegalArgumentException(
            String.format(
                "a network without host bits: %s/%d, not %s", first.getHostAddress(), bits, text));
      }
      return new Network(first, bits);
    }

    /** Returns whether an address belongs to this network. */
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
        throw new IllegalStateException(e); // cannot happen: the length is right
      }
    }
  }
}
