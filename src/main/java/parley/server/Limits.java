package parley.server;

import java.util.List;
import java.util.Map;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.transport.Admission;

/**
 * The limits of a listener, each with its default and what is allowed: the block {@code limits} of
 * conf, and {@link ListenerConfig.Builder#limit}.
 */
public final class Limits {

  private static final int MOST = 1_000_000;

  /** Connections in all. */
  public static final Setting<Integer> CONNECTIONS =
      Setting.integer("connections", 20_000, 1, MOST);

  /** Connections from one source: an IPv4 address, or an IPv6 network of 64 bits. */
  public static final Setting<Integer> CONNECTIONS_PER_ADDRESS =
      Setting.integer("connections-per-address", 2_000, 1, MOST);

  /** New connections a second. */
  public static final Setting<Integer> CONNECTIONS_PER_SECOND =
      Setting.integer("connections-per-second", 20_000, 1, MOST);

  /** New connections at once, after a rest. */
  public static final Setting<Integer> CONNECTION_BURST =
      Setting.integer("connection-burst", 20_000, 1, MOST);

  /** All of them, in the order of reference.conf. */
  public static final List<Setting<?>> ALL =
      List.of(CONNECTIONS, CONNECTIONS_PER_ADDRESS, CONNECTIONS_PER_SECOND, CONNECTION_BURST);

  private Limits() {}

  /** The values by key, defaults for the rest; refused where they do not go together. */
  static Settings of(Map<String, ?> byKey) {
    return Settings.of("limits", ALL, byKey);
  }

  static Admission.Bounds admission(Settings limits) {
    return new Admission.Bounds(
        limits.get(CONNECTIONS),
        limits.get(CONNECTIONS_PER_ADDRESS),
        limits.get(CONNECTIONS_PER_SECOND),
        limits.get(CONNECTION_BURST));
  }
}
