package parley.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.internal.loop.PluginContext;
import parley.internal.tls.TlsContext;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.proxy.ProxyConfig;
import parley.telemetry.SessionLog;
import parley.tls.TlsConfig;

/** The configuration of a listener: endpoint, protocol, settings and limits. Immutable. */
public final class ListenerConfig {

  private static final Setting<Integer> BACKLOG = Setting.integer("backlog", 1024, 1, 65_535);
  private static final Setting<Boolean> REUSE_ADDRESS = Setting.flag("reuse-address", true);
  private static final Setting<Boolean> TCP_NO_DELAY = Setting.flag("tcp-no-delay", true);
  private static final Setting<Integer> EXECUTOR_THREADS =
      Setting.integer("executor-threads", 0, 0, 4096);
  private static final Setting<Integer> EXECUTOR_QUEUE =
      Setting.integer("executor-queue", 64, 1, 1_000_000);
  private static final List<Setting<?>> OWN =
      List.of(BACKLOG, REUSE_ADDRESS, TCP_NO_DELAY, EXECUTOR_THREADS, EXECUTOR_QUEUE);

  private final String name;
  private final Endpoint endpoint;
  private final Protocol<?, ?> protocol;
  private final Settings settings;
  private final Settings limits;
  private final ProxyConfig proxyProtocol;
  private final TlsConfig tls;
  private final @Nullable TlsContext tlsContext;
  private final Settings own;
  private final SessionLog sessionLog;

  private ListenerConfig(Builder builder, boolean readsFiles) {
    name = builder.name;
    endpoint = builder.endpoint;
    protocol = builder.protocol;
    settings = Settings.of(protocol, builder.settings);
    limits = Limits.of(builder.limits);
    proxyProtocol = builder.proxyProtocol;
    tls = builder.tls;
    tlsContext = endpoint.isTls() && readsFiles ? TlsContext.ofListener(name, tls) : null;
    if (tlsContext == null) {
      TlsContext.checkListener(name, endpoint, tls);
    }
    own = Settings.of("listener " + name, OWN, builder.own);
    sessionLog = builder.sessionLog;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param name the listener's name in conf and in the log: letters, digits, - and _
   * @param endpoint the endpoint to bind; port 0 takes a free port
   * @param protocol the protocol
   * @return the builder
   * @throws IllegalArgumentException if the name has other characters
   */
  public static Builder builder(String name, Endpoint endpoint, Protocol<?, ?> protocol) {
    return new Builder(name, endpoint, protocol);
  }

  /** {@return the listener's name in conf and in the log} */
  public String name() {
    return name;
  }

  /** {@return the endpoint to bind; port 0 takes a free port} */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** {@return the protocol that it serves} */
  public Protocol<?, ?> protocol() {
    return protocol;
  }

  /** {@return the protocol's settings} */
  public Settings settings() {
    return settings;
  }

  /** {@return the values of its {@link Limits}} */
  public Settings limits() {
    return limits;
  }

  /** {@return the proxies that it trusts} */
  public ProxyConfig proxyProtocol() {
    return proxyProtocol;
  }

  /** {@return its TLS configuration, used if the endpoint is {@code tls://}} */
  public TlsConfig tls() {
    return tls;
  }

  /** Returns its TLS context; null if the endpoint is not {@code tls://}. */
  @Nullable TlsContext tlsContext() {
    return tlsContext;
  }

  /** {@return how many connections may wait to be accepted} */
  public int backlog() {
    return own.get(BACKLOG);
  }

  /** {@return whether it binds while connections of an earlier server are in TIME_WAIT} */
  public boolean reuseAddress() {
    return own.get(REUSE_ADDRESS);
  }

  /** {@return whether answers are sent at once, without Nagle's algorithm} */
  public boolean tcpNoDelay() {
    return own.get(TCP_NO_DELAY);
  }

  /** {@return how many executor threads the handler has; 0 if it runs on the event loops} */
  public int executorThreads() {
    return own.get(EXECUTOR_THREADS);
  }

  /** {@return how many frames of a session may wait for one of these threads} */
  public int executorQueue() {
    return own.get(EXECUTOR_QUEUE);
  }

  /** {@return which ended sessions are logged} */
  public SessionLog sessionLog() {
    return sessionLog;
  }

  /**
   * A builder of a ListenerConfig. Each method rejects a bad value with an IllegalArgumentException
   * that has the value and the allowed values.
   */
  public static final class Builder {

    private SessionLog sessionLog = SessionLog.OFF;
    private final String name;
    private Endpoint endpoint;
    private final Protocol<?, ?> protocol;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, Object> limits = new LinkedHashMap<>();
    private TlsConfig tls = TlsConfig.ofPem();
    private ProxyConfig proxyProtocol = ProxyConfig.NONE;
    private final Map<String, Object> own = new LinkedHashMap<>();

    private Builder(String name, Endpoint endpoint, Protocol<?, ?> protocol) {
      if (!name.matches("[A-Za-z0-9_-]+")) {
        throw new IllegalArgumentException(
            "listener name: \"" + name + "\" (expected: letters, digits, - and _)");
      }
      this.name = name;
      this.endpoint = endpoint;
      this.protocol = protocol;
    }

    private <T> Builder put(Map<String, Object> values, Setting<T> setting, T value) {
      values.put(setting.key(), setting.checked(value));
      return this;
    }

    /**
     * Sets the endpoint to bind.
     *
     * @param value the endpoint; port 0 takes a free port
     * @return this builder
     */
    public Builder endpoint(Endpoint value) {
      endpoint = value;
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
    public <T> Builder set(Setting<T> setting, T value) {
      return PluginContext.around(protocol).call(() -> put(settings, setting, value));
    }

    /**
     * Sets one of the protocol's settings by its key. It is checked when the config is built.
     *
     * @param key the key under {@code settings}
     * @param value its value
     * @return this builder
     */
    public Builder set(String key, Object value) {
      settings.put(key, value);
      return this;
    }

    /**
     * Sets one of its {@link Limits}.
     *
     * @param <T> the type of the value
     * @param limit the limit
     * @param value its value
     * @return this builder
     */
    public <T> Builder limit(Setting<T> limit, T value) {
      return put(limits, limit, value);
    }

    /**
     * Sets one of {@link TlsConfig#OF_LISTENER}, for a {@code tls://} endpoint.
     *
     * @param <T> the type of the value
     * @param setting the setting
     * @param value its value
     * @return this builder
     */
    public <T> Builder tls(Setting<T> setting, T value) {
      tls = tls.with(setting, value);
      return this;
    }

    /**
     * Sets the whole TLS configuration, for a {@code tls://} endpoint.
     *
     * @param value the TLS configuration
     * @return this builder
     */
    public Builder tls(TlsConfig value) {
      tls = value;
      return this;
    }

    /**
     * Sets one of {@link ProxyConfig#ALL}.
     *
     * @param <T> the type of the value
     * @param setting the setting
     * @param value its value
     * @return this builder
     */
    public <T> Builder proxyProtocol(Setting<T> setting, T value) {
      proxyProtocol = proxyProtocol.with(setting, value);
      return this;
    }

    /**
     * Sets the length of the accept queue. The kernel may have a lower bound.
     *
     * @param value 1 to 65535, 1024 by default
     * @return this builder
     */
    public Builder backlog(int value) {
      return put(own, BACKLOG, value);
    }

    /**
     * Sets SO_REUSEADDR.
     *
     * @param value true by default
     * @return this builder
     */
    public Builder reuseAddress(boolean value) {
      return put(own, REUSE_ADDRESS, value);
    }

    /**
     * Sets TCP_NODELAY.
     *
     * @param value true by default
     * @return this builder
     */
    public Builder tcpNoDelay(boolean value) {
      return put(own, TCP_NO_DELAY, value);
    }

    /**
     * Sets the number of executor threads, for a handler that blocks. A session's frames are always
     * handled one at a time and in order.
     *
     * @param value 0 to 4096; at 0, the default, the handler runs on the event loops
     * @return this builder
     */
    public Builder executorThreads(int value) {
      return put(own, EXECUTOR_THREADS, value);
    }

    /**
     * Sets how many frames of a session may wait for one of these threads. At this number no more
     * are read until half of them are done.
     *
     * @param value 1 to 1000000, 64 by default
     * @return this builder
     */
    public Builder executorQueue(int value) {
      return put(own, EXECUTOR_QUEUE, value);
    }

    /**
     * Sets which ended sessions are logged: a line each, with the session's record.
     *
     * @param value none by default
     * @return this builder
     */
    public Builder sessionLog(SessionLog value) {
      sessionLog = Objects.requireNonNull(value, "session log");
      return this;
    }

    /**
     * Returns the finished config.
     *
     * @return the config
     * @throws IllegalArgumentException if the protocol does not have one of the settings, or
     *     rejects its value; if limits contradict each other; or if the TLS certificate is missing
     *     or invalid
     */
    public ListenerConfig build() {
      return new ListenerConfig(this, true);
    }

    /**
     * Makes the same checks as {@link #build}, but reads no TLS file: for a listener that will not
     * be created.
     *
     * @throws IllegalArgumentException like {@link #build}
     */
    public void check() {
      var unused = new ListenerConfig(this, false);
    }
  }
}
