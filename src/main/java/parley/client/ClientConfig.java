package parley.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsContext;
import parley.tls.TlsSettings;

/** What a client is made from: an endpoint, a protocol with its settings, limits. Immutable. */
public final class ClientConfig {

  private static final Setting<Duration> CONNECT_TIMEOUT = timeout("connect-timeout", 10);
  private static final Setting<Duration> ANSWER_TIMEOUT = timeout("answer-timeout", 10);
  private static final Setting<Duration> CLOSE_TIMEOUT = timeout("close-timeout", 2);
  private static final Setting<Integer> MAX_IN_FLIGHT =
      Setting.integer("max-in-flight", 1024, 1, 1 << 20);

  private static Setting<Duration> timeout(String key, int seconds) {
    return Setting.duration(
        key, Duration.ofSeconds(seconds), Duration.ofMillis(1), Duration.ofHours(24));
  }

  private final Endpoint endpoint;
  private final Protocol protocol;
  private final Settings settings;
  private final Settings tlsSettings;
  private final @Nullable TlsContext tls;
  private final Duration connectTimeout;
  private final Duration answerTimeout;
  private final Duration closeTimeout;
  private final int maxInFlight;
  private final @Nullable Backoff reconnect;
  private final Consumer<Object> unasked;

  private ClientConfig(Builder builder) {
    endpoint = builder.endpoint;
    protocol = builder.protocol;
    settings = Settings.of(protocol, builder.settings);
    tlsSettings = Settings.of("the client", TlsSettings.OF_CLIENT, builder.tls);
    tls = endpoint.isTls() ? TlsContext.ofClient(tlsSettings, endpoint) : null;
    if (!endpoint.isTls()) {
      TlsContext.checkUnused(tlsSettings, endpoint);
    }
    connectTimeout = builder.connectTimeout;
    answerTimeout = builder.answerTimeout;
    closeTimeout = builder.closeTimeout;
    maxInFlight = builder.maxInFlight;
    reconnect = builder.reconnect;
    unasked = builder.unasked;
  }

  /** A client of a protocol at an endpoint, everything else as by default. */
  public static Builder builder(Endpoint endpoint, Protocol protocol) {
    return new Builder(endpoint, protocol);
  }

  /** Where it connects to. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** What it speaks. */
  public Protocol protocol() {
    return protocol;
  }

  /** The protocol's settings. */
  public Settings settings() {
    return settings;
  }

  /** Its {@link TlsSettings}, in force where the endpoint is {@code tls://}. */
  public Settings tlsSettings() {
    return tlsSettings;
  }

  /** Its TLS, or null if the endpoint is not {@code tls://}. */
  public @Nullable TlsContext tls() {
    return tls;
  }

  /** How long a connect may take. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** How long an answer may take. */
  public Duration answerTimeout() {
    return answerTimeout;
  }

  /** How long a connection that was ended here waits for the server's end. */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  /** How many requests may be in flight on the connection. */
  public int maxInFlight() {
    return maxInFlight;
  }

  /** How it reconnects, or null if it does not. */
  public @Nullable Backoff reconnect() {
    return reconnect;
  }

  /** Who gets frames that answer nothing, such as a banner. */
  public Consumer<Object> unasked() {
    return unasked;
  }

  /** Builds a ClientConfig; each method refuses a bad value with the value and what is allowed. */
  public static final class Builder {

    private Endpoint endpoint;
    private final Protocol protocol;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, Object> tls = new LinkedHashMap<>();
    private Duration connectTimeout = CONNECT_TIMEOUT.defaultValue();
    private Duration answerTimeout = ANSWER_TIMEOUT.defaultValue();
    private Duration closeTimeout = CLOSE_TIMEOUT.defaultValue();
    private int maxInFlight = MAX_IN_FLIGHT.defaultValue();
    private @Nullable Backoff reconnect;
    private Consumer<Object> unasked = frame -> {};

    private Builder(Endpoint endpoint, Protocol protocol) {
      this.protocol = protocol;
      this.endpoint = endpoint;
      endpoint(endpoint);
    }

    /** Where to connect to; its port is not 0. */
    public final Builder endpoint(Endpoint value) {
      if (value.port() == 0) {
        throw new IllegalArgumentException("port: 0 (expected: 1 to 65535)");
      }
      endpoint = value;
      return this;
    }

    /** One of the protocol's settings. */
    public <T> Builder set(Setting<T> setting, T value) {
      settings.put(setting.key(), Protocols.context(protocol).call(() -> setting.checked(value)));
      return this;
    }

    /** One of the protocol's settings by its key, checked when the config is built. */
    public Builder set(String key, Object value) {
      settings.put(key, value);
      return this;
    }

    /** One of {@link TlsSettings#OF_CLIENT}, for an endpoint {@code tls://}. */
    public <T> Builder tls(Setting<T> setting, T value) {
      tls.put(setting.key(), setting.checked(value));
      return this;
    }

    /** The bound of a connect with its name look-up, 1 millisecond to 24 hours, 10 seconds. */
    public Builder connectTimeout(Duration value) {
      connectTimeout = CONNECT_TIMEOUT.checked(value);
      return this;
    }

    /** The bound of an answer, 1 millisecond to 24 hours, 10 seconds by default. */
    public Builder answerTimeout(Duration value) {
      answerTimeout = ANSWER_TIMEOUT.checked(value);
      return this;
    }

    /** The bound of a close, 1 millisecond to 24 hours, 2 seconds by default. */
    public Builder closeTimeout(Duration value) {
      closeTimeout = CLOSE_TIMEOUT.checked(value);
      return this;
    }

    /**
     * 1 to 1,048,576 requests in flight, 1024 by default; one more fails at once. One that has
     * timed out is in flight until its late answer comes or the connection ends: where answers come
     * in order, nothing else tells whose the next one is. Where they have keys it gives way to a
     * new request when there is no place left.
     */
    public Builder maxInFlight(int value) {
      maxInFlight = MAX_IN_FLIGHT.checked(value);
      return this;
    }

    /** Connects again when the connection is lost, until closed; it does not by default. */
    public Builder reconnect(Backoff value) {
      reconnect = value;
      return this;
    }

    /** Gets frames that answer nothing, on the event loop; they are dropped by default. */
    public Builder onUnasked(Consumer<Object> listener) {
      unasked = listener;
      return this;
    }

    /**
     * The finished config.
     *
     * @throws IllegalArgumentException if the protocol does not have one of the settings, or not
     *     with such a value, or if a file of TLS is not what it should be
     */
    public ClientConfig build() {
      return new ClientConfig(this);
    }
  }
}
