package parley.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import parley.internal.accept.Admission;
import parley.internal.loop.Deadlines;
import parley.internal.loop.SessionLimits;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The limits of a listener, each with its default and its allowed values. They are the block {@code
 * limits} of conf, and the values of {@link ListenerConfig.Builder#limit}.
 */
public final class Limits {

  private static final int MOST = 1_000_000;

  /** The largest number of connections. */
  public static final Setting<Integer> CONNECTIONS =
      Setting.integer("connections", 20_000, 1, MOST);

  /** The largest number of connections from one source, an IPv4 address or an IPv6 /64 network. */
  public static final Setting<Integer> CONNECTIONS_PER_ADDRESS =
      Setting.integer("connections-per-address", 2_000, 1, MOST);

  /** The largest number of new connections per second. */
  public static final Setting<Integer> CONNECTIONS_PER_SECOND =
      Setting.integer("connections-per-second", 20_000, 1, MOST);

  /** The largest number of new connections at once, after a time without any. */
  public static final Setting<Integer> CONNECTION_BURST =
      Setting.integer("connection-burst", 20_000, 1, MOST);

  /** The number of frames of one session that are handled before other sessions get their turn. */
  public static final Setting<Integer> FRAMES_PER_TURN =
      Setting.integer("frames-per-turn", 1024, 1, MOST);

  /**
   * The high watermark: with more bytes than this waiting, a session is neither read nor served.
   */
  public static final Setting<Integer> OUTBOUND_HIGH =
      Setting.bytes("outbound-high", 1 << 20, 1, 1 << 30);

  /** The low watermark: with at most this many bytes waiting, it is read and served again. */
  public static final Setting<Integer> OUTBOUND_LOW =
      Setting.bytes("outbound-low", 1 << 18, 0, 1 << 30);

  /** The maximum number of bytes that wait to be sent; a session with more is closed at once. */
  public static final Setting<Integer> OUTBOUND_MOST =
      Setting.bytes("outbound-most", 1 << 26, 1, 1 << 30);

  /**
   * The time that the first frame may take after the connection or the last write; 0 for no bound.
   */
  public static final Setting<Duration> FIRST_FRAME_TIMEOUT =
      timeout("first-frame-timeout", Duration.ofMinutes(2));

  /** The time that a frame may take from its first byte to its last; 0 for no bound. */
  public static final Setting<Duration> FRAME_TIMEOUT =
      timeout("frame-timeout", Duration.ofSeconds(30));

  /** The time in which nothing may be read, sent or pending; 0 for no bound. */
  public static final Setting<Duration> IDLE_TIMEOUT =
      timeout("idle-timeout", Duration.ofMinutes(10));

  /**
   * The time that a handler may take to answer a frame, from its delivery; 0 for no bound. A
   * protocol may set another time for a frame.
   */
  public static final Setting<Duration> ANSWER_TIMEOUT =
      timeout("answer-timeout", Duration.ofSeconds(60));

  /**
   * The minimum rate of a peer in bytes per second; a peer that accepts waiting bytes at a lower
   * rate is cut. 0 for no minimum.
   */
  public static final Setting<Integer> OUTBOUND_RATE =
      Setting.bytes("outbound-rate", 1024, 0, 1 << 20);

  /** The time over which that rate is averaged. */
  public static final Setting<Duration> OUTBOUND_WINDOW =
      Setting.duration(
          "outbound-window", Duration.ofMinutes(2), Duration.ofMillis(100), Duration.ofHours(24));

  private static Setting<Duration> timeout(String key, Duration byDefault) {
    return Setting.duration(key, byDefault, Duration.ZERO, Duration.ofHours(24));
  }

  /** All limits, in the order of reference.conf. */
  public static final List<Setting<?>> ALL =
      List.of(
          CONNECTIONS,
          CONNECTIONS_PER_ADDRESS,
          CONNECTIONS_PER_SECOND,
          CONNECTION_BURST,
          FRAMES_PER_TURN,
          OUTBOUND_HIGH,
          OUTBOUND_LOW,
          OUTBOUND_MOST,
          OUTBOUND_RATE,
          OUTBOUND_WINDOW,
          FIRST_FRAME_TIMEOUT,
          FRAME_TIMEOUT,
          IDLE_TIMEOUT,
          ANSWER_TIMEOUT);

  private Limits() {}

  /**
   * Returns the given values, with the defaults for all others; rejects values that contradict
   * others.
   */
  static Settings of(Map<String, ?> byKey) {
    Settings limits = Settings.of("limits", ALL, byKey);
    refuseLess(limits, OUTBOUND_HIGH, OUTBOUND_LOW);
    refuseLess(limits, OUTBOUND_MOST, OUTBOUND_HIGH);
    return limits;
  }

  private static void refuseLess(Settings limits, Setting<Integer> more, Setting<Integer> less) {
    if (limits.get(more) < limits.get(less)) {
      throw new IllegalArgumentException(
          String.format(
              "%s: %s (expected: at least %s, %s)",
              more.key(), more.shown(limits.get(more)), less.key(), less.shown(limits.get(less))));
    }
  }

  static SessionLimits session(Settings limits) {
    return new SessionLimits(
        limits.get(FRAMES_PER_TURN),
        limits.get(OUTBOUND_HIGH),
        limits.get(OUTBOUND_LOW),
        limits.get(OUTBOUND_MOST),
        limits.get(ANSWER_TIMEOUT));
  }

  static Deadlines deadlines(Settings limits) {
    return new Deadlines(
        limits.get(FIRST_FRAME_TIMEOUT),
        limits.get(FRAME_TIMEOUT),
        limits.get(IDLE_TIMEOUT),
        limits.get(OUTBOUND_RATE),
        limits.get(OUTBOUND_WINDOW));
  }

  static Admission.Bounds admission(Settings limits) {
    return new Admission.Bounds(
        limits.get(CONNECTIONS),
        limits.get(CONNECTIONS_PER_ADDRESS),
        limits.get(CONNECTIONS_PER_SECOND),
        limits.get(CONNECTION_BURST));
  }
}
