package parley.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.internal.loop.PluginContext;
import parley.internal.tls.TlsContext;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.telemetry.Observer;
import parley.tls.TlsConfig;

/**
 * The configuration of a client: endpoint, protocol, settings and limits. Immutable.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class ClientConfig<Q, A> {

  private static final Setting<Duration> CONNECT_TIMEOUT = timeout("connect-timeout", 10);
  private static final Setting<Duration> ANSWER_TIMEOUT = timeout("answer-timeout", 10);
  private static final Setting<Duration> CLOSE_TIMEOUT = timeout("close-timeout", 2);
  private static final Setting<Integer> MAX_IN_FLIGHT =
      Setting.integer("max-in-flight", 1024, 1, 1 << 20);
  private static final Setting<Duration> HEARTBEAT_IDLE = timeout("heartbeat", 60);
  private static final Duration LONGEST_SILENCE = Duration.ofDays(7);
  private static final int SILENT_ANSWER_TIMEOUTS = 3;
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(1);
  private static final long LEAST_OUTBOUND = 64 << 10;

  private static Setting<Duration> timeout(String key, int seconds) {
    return Setting.duration(
        key, Duration.ofSeconds(seconds), Duration.ofMillis(1), Duration.ofHours(24));
  }

  /** The values of a builder. A config has its own copy, which never changes. */
  static final class Options implements Cloneable {

    private Endpoint endpoint;
    private TlsConfig tls = TlsConfig.ofPem();
    private Duration connectTimeout = CONNECT_TIMEOUT.defaultValue();
    private Duration answerTimeout = ANSWER_TIMEOUT.defaultValue();
    private Duration closeTimeout = CLOSE_TIMEOUT.defaultValue();
    private int maxInFlight = MAX_IN_FLIGHT.defaultValue();
    private long outboundBytes = 16 << 20;
    private WhenFull whenFull = WhenFull.FAIL;
    private @Nullable Duration silenceTimeout;
    private Duration heartbeatIdle = Duration.ZERO;
    Supplier<?> heartbeat = () -> "";
    private @Nullable Backoff reconnect;
    private @Nullable Backoff retryFirstConnect;
    @Nullable Function<NewConnection<Object, Object>, ? extends CompletionStage<?>> onConnect;
    private Resolver resolver = Resolver.SYSTEM;
    private List<Observer> observers = List.of();
    Consumer<Object> onUnsolicited = frame -> {};

    Options(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    protected Options clone() {
      try {
        return (Options) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  final Options options;
  private final Protocol<Q, A> protocol;
  private final Settings settings;
  final @Nullable TlsContext tlsContext; // null if the endpoint is not tls://

  private ClientConfig(Protocol<Q, A> protocol, Options options, Map<String, Object> settings) {
    this.protocol = protocol;
    this.options = options;
    this.settings = Settings.of(protocol, settings);
    tlsContext = TlsContext.ofClient(options.tls, options.endpoint);
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the endpoint to connect to; its port is not 0
   * @param protocol the protocol
   * @return the builder
   */
  public static <Q, A> Builder<Q, A> builder(Endpoint endpoint, Protocol<Q, A> protocol) {
    return new Builder<>(endpoint, protocol);
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the endpoint to connect to, such as {@code tcp://127.0.0.1:9123}
   * @param protocol the protocol
   * @return the builder
   * @throws IllegalArgumentException if the text is not an endpoint, or its port is 0
   */
  public static <Q, A> Builder<Q, A> builder(String endpoint, Protocol<Q, A> protocol) {
    return builder(Endpoint.parse(endpoint), protocol);
  }

  /** {@return the endpoint to connect to} */
  public Endpoint endpoint() {
    return options.endpoint;
  }

  /** {@return the protocol} */
  public Protocol<Q, A> protocol() {
    return protocol;
  }

  /** {@return the protocol's settings} */
  public Settings settings() {
    return settings;
  }

  /** {@return the TLS configuration, used if the endpoint is {@code tls://}} */
  public TlsConfig tls() {
    return options.tls;
  }

  /** {@return the connect timeout} */
  public Duration connectTimeout() {
    return options.connectTimeout;
  }

  /** {@return the answer timeout} */
  public Duration answerTimeout() {
    return options.answerTimeout;
  }

  /** {@return how long a connection that this client closes waits for the server's close} */
  public Duration closeTimeout() {
    return options.closeTimeout;
  }

  /** {@return the maximum number of requests in flight on the connection} */
  public int maxInFlight() {
    return options.maxInFlight;
  }

  /** {@return the maximum number of bytes that wait to be sent on the connection} */
  public long outboundBytes() {
    return options.outboundBytes;
  }

  /** {@return the reaction to a request beyond {@link #maxInFlight} or {@link #outboundBytes}} */
  public WhenFull whenFull() {
    return options.whenFull;
  }

  /** {@return how long the server may be silent while an answer is due; zero for no limit} */
  public Duration silenceTimeout() {
    if (options.silenceTimeout != null) {
      return options.silenceTimeout;
    }
    Duration silence = answerTimeout().multipliedBy(SILENT_ANSWER_TIMEOUTS);
    return silence.compareTo(LEAST_SILENCE) < 0 ? LEAST_SILENCE : silence;
  }

  /** {@return the idle time of a connection before a heartbeat; zero for no heartbeats} */
  public Duration heartbeatIdle() {
    return options.heartbeatIdle;
  }

  /**
   * Returns the timeout of the answer to a heartbeat, which must not extend the silence timeout.
   */
  Duration heartbeatTimeout() {
    Duration silence = silenceTimeout();
    return silence.isZero() || silence.compareTo(answerTimeout()) > 0 ? answerTimeout() : silence;
  }

  /** {@return the waits before it reconnects, or null if it does not} */
  public @Nullable Backoff reconnect() {
    return options.reconnect;
  }

  /** {@return the waits before it repeats the first connect, or null if it does not} */
  public @Nullable Backoff retryFirstConnect() {
    return options.retryFirstConnect;
  }

  /** {@return the observers of the client's events} */
  public List<Observer> observers() {
    return options.observers;
  }

  /** {@return the resolver of the endpoint's host} */
  public Resolver resolver() {
    return options.resolver;
  }

  /**
   * A builder of a ClientConfig. Each method rejects a bad value with an IllegalArgumentException
   * that has the value and the allowed values.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   */
  public static final class Builder<Q, A> {

    private final Protocol<Q, A> protocol;
    private final Options options;
    private final Map<String, Object> settings = new LinkedHashMap<>();

    private Builder(Endpoint endpoint, Protocol<Q, A> protocol) {
      this.protocol = protocol;
      options = new Options(endpoint);
      endpoint(endpoint);
    }

    /**
     * Sets the endpoint to connect to.
     *
     * @param value the endpoint; its port is not 0
     * @return this builder
     */
    public final Builder<Q, A> endpoint(Endpoint value) {
      if (value.port() == 0) {
        throw new IllegalArgumentException("port: 0 (expected: 1 to 65535)");
      }
      options.endpoint = value;
      return this;
    }

    /**
     * Sets one of the protocol's settings.
     *
     * @param <T> the type of the value
     * @param setting the setting
     * @param value its value
     * @return this builder
     */
    public <T> Builder<Q, A> set(Setting<T> setting, T value) {
      PluginContext context = PluginContext.around(protocol);
      return set(setting.key(), context.call(() -> setting.checked(value)));
    }

    /**
     * Sets one of the protocol's settings by its key. It is checked when the config is built.
     *
     * @param key the key under {@code settings}
     * @param value its value
     * @return this builder
     */
    public Builder<Q, A> set(String key, Object value) {
      settings.put(key, value);
      return this;
    }

    /**
     * Sets one of {@link TlsConfig#OF_CLIENT}, for a {@code tls://} endpoint.
     *
     * @param <T> the type of the value
     * @param setting the setting
     * @param value its value
     * @return this builder
     */
    public <T> Builder<Q, A> tls(Setting<T> setting, T value) {
      return tls(options.tls.with(setting, value));
    }

    /**
     * Sets the whole TLS configuration, for a {@code tls://} endpoint.
     *
     * @param value the TLS configuration
     * @return this builder
     */
    public Builder<Q, A> tls(TlsConfig value) {
      options.tls = value;
      return this;
    }

    /**
     * Sets the connect timeout: it covers the name look-up, all addresses, the TLS handshake and
     * {@link #onConnect} together.
     *
     * @param value 1 millisecond to 24 hours, 10 seconds by default
     * @return this builder
     */
    public Builder<Q, A> connectTimeout(Duration value) {
      options.connectTimeout = CONNECT_TIMEOUT.checked(value);
      return this;
    }

    /**
     * Sets the answer timeout.
     *
     * @param value 1 millisecond to 24 hours, 10 seconds by default
     * @return this builder
     */
    public Builder<Q, A> answerTimeout(Duration value) {
      options.answerTimeout = ANSWER_TIMEOUT.checked(value);
      return this;
    }

    /**
     * Sets how long a connection that this client closes waits for the server's close.
     *
     * @param value 1 millisecond to 24 hours, 2 seconds by default
     * @return this builder
     */
    public Builder<Q, A> closeTimeout(Duration value) {
      options.closeTimeout = CLOSE_TIMEOUT.checked(value);
      return this;
    }

    /**
     * Sets the maximum number of requests in flight on the connection. {@link #whenFull} decides
     * about a further request.
     *
     * <p>A request that times out or is cancelled frees its place at once. If it was sent, its late
     * answer is still expected. If answers have keys, no other request can have its key until then,
     * and at this maximum a new request replaces the eldest such request. If answers come in order,
     * the client expects answers to at most twice this number of requests, waiting and given up. It
     * rejects a further request until a late answer comes or {@link #silenceTimeout} ends the
     * connection.
     *
     * @param value 1 to 1,048,576, 1024 by default
     * @return this builder
     */
    public Builder<Q, A> maxInFlight(int value) {
      options.maxInFlight = MAX_IN_FLIGHT.checked(value);
      return this;
    }

    /**
     * Sets the maximum number of bytes that wait to be sent on the connection. Each request or
     * message counts as 350 bytes plus its length. The length of an array, a buffer or a text is
     * known at once; any other length is known after encoding. While the encoded bytes that are not
     * sent reach the maximum, no message is encoded, whatever {@link #whenFull} is. A message
     * longer than the maximum is accepted while nothing else waits.
     *
     * @param value 64 KiB or more, 16 MiB by default
     * @return this builder
     */
    public Builder<Q, A> outboundBytes(long value) {
      if (value < LEAST_OUTBOUND) {
        throw new IllegalArgumentException(
            "outbound bytes: " + value + " (expected: " + LEAST_OUTBOUND + " or more)");
      }
      options.outboundBytes = value;
      return this;
    }

    /**
     * Sets the reaction to a request or message beyond {@link #maxInFlight} or {@link
     * #outboundBytes}.
     *
     * @param value {@link WhenFull#FAIL} by default, because it never blocks the caller
     * @return this builder
     */
    public Builder<Q, A> whenFull(WhenFull value) {
      options.whenFull = value;
      return this;
    }

    /**
     * Sets the silence timeout. If an answer is due and no frame comes for this time, the client
     * closes the connection, and all requests in flight fail with a {@link
     * ConnectionLostException}.
     *
     * <p>A request with a longer timeout that was sent before the silence extends the timeout while
     * it waits. A frame that is arriving when the timeout has passed extends it, too. An answer
     * that came while the event loop was blocked counts.
     *
     * @param value up to 7 days; zero for no limit. Three answer timeouts by default, and at least
     *     one second
     * @return this builder
     */
    public Builder<Q, A> silenceTimeout(Duration value) {
      if (value.isNegative() || value.compareTo(LONGEST_SILENCE) > 0) {
        throw new IllegalArgumentException(
            "silence timeout: " + value + " (expected: PT0S to " + LONGEST_SILENCE + ")");
      }
      options.silenceTimeout = value;
      return this;
    }

    /**
     * Sends a heartbeat after a time in which no frame came, or nothing was sent. By default there
     * are no heartbeats. A heartbeat is a request if the protocol's correlation matches its answer;
     * otherwise any frame counts as its answer. {@link #silenceTimeout} closes the connection if
     * none comes. Heartbeats may all have the same key: a late answer to one then answers the next.
     * No second heartbeat is sent before the first has completed.
     *
     * @param idle that time, 1 millisecond to 24 hours
     * @param message returns each heartbeat, on the event loop; an exception closes the connection
     * @return this builder
     */
    public Builder<Q, A> heartbeat(Duration idle, Supplier<? extends Q> message) {
      options.heartbeatIdle = HEARTBEAT_IDLE.checked(idle);
      options.heartbeat = message;
      return this;
    }

    /**
     * Adds an observer of the client's events.
     *
     * @param observer the observer; each has a thread of its own
     * @return this builder
     */
    public Builder<Q, A> observer(Observer observer) {
      List<Observer> all = new ArrayList<>(options.observers);
      all.add(Objects.requireNonNull(observer, "observer"));
      options.observers = List.copyOf(all);
      return this;
    }

    /**
     * Connects again when the connection is lost, until the client is closed; by default it does
     * not. Each attempt looks up the name again. The waits start over after a connection that
     * lasted as long as the longest wait. They also start over after one whose answers, at least
     * two, spanned at least the wait before it.
     *
     * @param value the waits before the attempts
     * @return this builder
     */
    public Builder<Q, A> reconnect(Backoff value) {
      options.reconnect = value;
      return this;
    }

    /**
     * Repeats the first connect while it fails, for any cause, until it succeeds, the client is
     * closed, or the connect's future is cancelled. By default the first failure is final.
     *
     * @param value the waits before the attempts
     * @return this builder
     */
    public Builder<Q, A> retryFirstConnect(Backoff value) {
      options.retryFirstConnect = value;
      return this;
    }

    /**
     * Starts each new connection, the first one and each one after a loss, before any other request
     * can use it: a login, or MQTT's CONNECT. The connect completes when the returned stage does.
     * If the stage fails, or has not completed within the connect timeout, the client closes the
     * connection and the connect fails.
     *
     * @param value the function that starts a connection, called on the event loop
     * @return this builder
     */
    @SuppressWarnings("unchecked") // a NewConnection of this client has these types
    public Builder<Q, A> onConnect(
        Function<? super NewConnection<Q, A>, ? extends CompletionStage<?>> value) {
      options.onConnect =
          (Function<NewConnection<Object, Object>, ? extends CompletionStage<?>>)
              (Function<?, ?>) value;
      return this;
    }

    /**
     * Sets the resolver of the endpoint's host.
     *
     * @param value {@link Resolver#SYSTEM} by default
     * @return this builder
     */
    public Builder<Q, A> resolver(Resolver value) {
      options.resolver = value;
      return this;
    }

    /**
     * Sets the listener of frames that answer no request. By default they are dropped.
     *
     * @param listener called on the event loop
     * @return this builder
     */
    @SuppressWarnings("unchecked") // a frame of the codec has this type
    public Builder<Q, A> onUnsolicited(Consumer<? super A> listener) {
      options.onUnsolicited = (Consumer<Object>) listener;
      return this;
    }

    /**
     * Returns the finished config.
     *
     * @return the config
     * @throws IllegalArgumentException if the protocol does not have one of the settings, or
     *     rejects its value, or if a TLS file is invalid
     */
    public ClientConfig<Q, A> build() {
      return new ClientConfig<>(protocol, options.clone(), settings);
    }
  }
}
