package parley.proxy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The peers of a listener that begin each connection with a header of the PROXY protocol, and the
 * bounds of that header: a listener's block {@code proxy-protocol}. Immutable.
 */
public final class ProxyConfig {

  /** Addresses and networks of the proxies that are trusted. */
  public static final Setting<List<String>> TRUSTED =
      Setting.texts("trusted", List.of()).check(ProxyConfig::notNetworks);

  /** How long a header may take. */
  public static final Setting<Duration> TIMEOUT =
      Setting.duration(
          "timeout", Duration.ofSeconds(3), Duration.ofMillis(1), Duration.ofHours(24));

  /** The longest header that is taken, of version 2: those of version 1 have at most 107 bytes. */
  public static final Setting<Integer> MAX_HEADER = Setting.bytes("max-header", 4096, 107, 65_551);

  /** All of them, in the order of reference.conf. */
  public static final List<Setting<?>> ALL = List.of(TRUSTED, TIMEOUT, MAX_HEADER);

  /** No proxy is trusted: no connection begins with a header. */
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
    return all.stream().map(Network::expected).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /**
   * This config with another value of one setting.
   *
   * @throws IllegalArgumentException if the value is not allowed, or the setting is not of {@link
   *     #ALL}
   */
  public <T> ProxyConfig with(Setting<T> setting, T value) {
    Map<String, Object> next = new LinkedHashMap<>(byKey);
    next.put(setting.key(), setting.checked(value));
    return new ProxyConfig(next);
  }

  /** The value of a setting. */
  public <T> T get(Setting<T> setting) {
    return settings.get(setting);
  }

  /** All settings with their values. */
  public Settings settings() {
    return settings;
  }

  /** Whether an address is that of a trusted proxy. */
  public boolean trusts(InetAddress address) {
    return trusted.stream().anyMatch(each -> each.has(address));
  }
}
