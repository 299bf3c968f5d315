package parley.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.telemetry.Observer;

/** The configuration of a server: its listeners, event loops and deadlines. Immutable. */
public final class ServerConfig {

  private static final Duration MOST = Duration.ofHours(24);
  private static final Setting<Integer> EVENT_LOOPS =
      Setting.integer(
          "event-loops", Math.min(1024, Runtime.getRuntime().availableProcessors()), 1, 1024);
  private static final Setting<Duration> DRAIN_DELAY =
      Setting.duration("drain-delay", Duration.ZERO, Duration.ZERO, MOST);
  private static final Setting<Duration> DRAIN_TIMEOUT =
      Setting.duration("drain-timeout", Duration.ofSeconds(10), Duration.ZERO, MOST);
  private static final Setting<Duration> CLOSE_TIMEOUT =
      Setting.duration("close-timeout", Duration.ofSeconds(2), Duration.ofMillis(1), MOST);
  private static final Setting<Duration> WATCHDOG =
      Setting.duration("watchdog", Duration.ofSeconds(1), Duration.ZERO, MOST);
  private static final List<Setting<?>> ALL =
      List.of(EVENT_LOOPS, DRAIN_DELAY, DRAIN_TIMEOUT, CLOSE_TIMEOUT, WATCHDOG);
  private static final long LEAST_OUTBOUND = 64 * 1024;

  private final List<ListenerConfig> listeners;
  private final Settings settings;
  private final long outboundBytes;
  private final List<Observer> observers;

  private ServerConfig(Builder builder) {
    listeners = List.copyOf(builder.listeners);
    settings = Settings.of("server", ALL, builder.values);
    outboundBytes = builder.outboundBytes;
    observers = List.copyOf(builder.observers);
    listeners.forEach(this::refuseLess);
  }

  /** Rejects a bound below a listener's: a session would be cut before its reading is suspended. */
  private void refuseLess(ListenerConfig listener) {
    int high = listener.limits().get(Limits.OUTBOUND_HIGH);
    if (outboundBytes < high) {
      throw new IllegalArgumentException(
          String.format(
              "outbound-total: %d (expected: at least outbound-high of listener %s, %s)",
              outboundBytes, listener.name(), Limits.OUTBOUND_HIGH.shown(high)));
    }
  }

  /** {@return a builder with the defaults and no listeners} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the listeners, in the order they were added} */
  public List<ListenerConfig> listeners() {
    return listeners;
  }

  /** {@return how many event loops share the sessions} */
  public int eventLoops() {
    return settings.get(EVENT_LOOPS);
  }

  /** {@return how long all clients except health checks are served before a drain} */
  public Duration drainDelay() {
    return settings.get(DRAIN_DELAY);
  }

  /** {@return how long a drain may take} */
  public Duration drainTimeout() {
    return settings.get(DRAIN_TIMEOUT);
  }

  /** {@return how long a session waits for the peer's end of stream after its last answer} */
  public Duration closeTimeout() {
    return settings.get(CLOSE_TIMEOUT);
  }

  /**
   * {@return the maximum number of bytes that wait to be sent in all sessions, {@code
   * outbound-total}}
   */
  public long outboundTotalBytes() {
    return outboundBytes;
  }

  /** {@return how long an event loop may be blocked before that is logged; zero for no bound} */
  public Duration watchdog() {
    return settings.get(WATCHDOG);
  }

  /** {@return the observers of the server's events} */
  public List<Observer> observers() {
    return observers;
  }

  /**
   * A builder of a ServerConfig. Each method rejects a bad value with an IllegalArgumentException
   * that has the value and the allowed values.
   */
  public static final class Builder {

    private final List<ListenerConfig> listeners = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private final List<Observer> observers = new ArrayList<>();
    private long outboundBytes = Math.max(LEAST_OUTBOUND, Runtime.getRuntime().maxMemory() / 4);

    private Builder() {}

    private <T> Builder set(Setting<T> setting, T value) {
      values.put(setting.key(), setting.checked(value));
      return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener its name must be new, and so must its endpoint unless its port is 0
     * @return this builder
     */
    public Builder listener(ListenerConfig listener) {
      if (listeners.stream().anyMatch(other -> other.name().equals(listener.name()))) {
        throw new IllegalArgumentException(
            "listener " + listener.name() + " is configured twice (expected: different names)");
      }
      Endpoint endpoint = listener.endpoint();
      for (ListenerConfig other : listeners) {
        if (endpoint.port() != 0 && other.endpoint().authority().equals(endpoint.authority())) {
          throw new IllegalArgumentException(
              endpoint
                  + " is the endpoint of listener "
                  + other.name()
                  + " (expected: a different one)");
        }
      }
      listeners.add(listener);
      return this;
    }

    /**
     * Sets the number of event loops, with one thread each.
     *
     * @param value 1 to 1024; by default one for each processor
     * @return this builder
     */
    public Builder eventLoops(int value) {
      return set(EVENT_LOOPS, value);
    }

    /**
     * Sets how long only health checks fail before a drain. It should be longer than load balancers
     * take to notice.
     *
     * @param value 0 to 24 hours, 0 by default
     * @return this builder
     */
    public Builder drainDelay(Duration value) {
      return set(DRAIN_DELAY, value);
    }

    /**
     * Sets the drain timeout.
     *
     * @param value 0 to 24 hours, 10 seconds by default; at 0 the server closes at once
     * @return this builder
     */
    public Builder drainTimeout(Duration value) {
      return set(DRAIN_TIMEOUT, value);
    }

    /**
     * Sets how long a session waits for the peer's end of stream after its last answer.
     *
     * @param value 1 millisecond to 24 hours, 2 seconds by default
     * @return this builder
     */
    public Builder closeTimeout(Duration value) {
      return set(CLOSE_TIMEOUT, value);
    }

    /**
     * Sets the maximum number of bytes that wait to be sent in all sessions. Above it, the session
     * with the most bytes is cut.
     *
     * @param value at least 64 KiB, a quarter of the heap by default
     * @return this builder
     */
    public Builder outboundTotalBytes(long value) {
      if (value < LEAST_OUTBOUND) {
        throw new IllegalArgumentException(
            "outbound-total: " + value + " (expected: 64KiB or more)");
      }
      outboundBytes = value;
      return this;
    }

    /**
     * Sets how long an event loop may be blocked before its stack is logged.
     *
     * @param value 0 to 24 hours, 1 second by default; 0 for no bound
     * @return this builder
     */
    public Builder watchdog(Duration value) {
      return set(WATCHDOG, value);
    }

    /**
     * Adds an observer of the server's events.
     *
     * @param observer the observer; each has a thread of its own
     * @return this builder
     */
    public Builder observer(Observer observer) {
      observers.add(Objects.requireNonNull(observer, "observer"));
      return this;
    }

    /**
     * Returns the finished config.
     *
     * @return the config
     * @throws IllegalArgumentException if {@code outbound-total} is less than a listener's {@code
     *     outbound-high}
     */
    public ServerConfig build() {
      return new ServerConfig(this);
    }
  }
}
