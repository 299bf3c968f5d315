package parley.proxy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import parley.protocol.Setting;

/** Declares what a listener's block {@code proxy-protocol} may hold. */
public final class ProxySettings {

  /** Addresses and networks of those that begin each connection with a header. */
  public static final Setting<List<String>> TRUSTED =
      Setting.texts("trusted", List.of()).check(ProxySettings::notNetworks);

  /** How long a header may take. */
  public static final Setting<Duration> TIMEOUT =
      Setting.duration(
          "timeout", Duration.ofSeconds(3), Duration.ofMillis(1), Duration.ofHours(24));

  /** The longest header that is taken, of version 2: those of version 1 have at most 107 bytes. */
  public static final Setting<Integer> MAX_HEADER = Setting.bytes("max-header", 4096, 107, 65_551);

  /** All of them, in the order of reference.conf. */
  public static final List<Setting<?>> ALL = List.of(TRUSTED, TIMEOUT, MAX_HEADER);

  private ProxySettings() {}

  private static @Nullable String notNetworks(List<String> all) {
    return all.stream().map(Network::expected).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
