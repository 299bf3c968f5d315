package parley.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.internal.loop.PluginContext;
import parley.internal.tls.TlsContext;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.proxy.ProxyConfig;
import parley.tls.TlsConfig;

/** The configuration of a listener: endpoint, protocol, settings, limits. Immutable. */
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
  }

  /** A listener of a protocol at an endpoint, everything else as by default. */
  public static Builder builder(String name, Endpoint endpoint, Protocol<?, ?> protocol) {
    return new Builder(name, endpoint, protocol);
  }

  /** The listener's name in conf and in the log. */
  public String name() {
    return name;
  }

  /** Where it binds; port 0 takes a free one. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The protocol that it serves. */
  public Protocol<?, ?> protocol() {
    return protocol;
  }

  /** The protocol's settings. */
  public Settings settings() {
    return settings;
  }

  /** Its {@link Limits}. */
  public Settings limits() {
    return limits;
  }

  /** The proxies that it trusts. */
  public ProxyConfig proxyProtocol() {
    return proxyProtocol;
  }

  /** Its TLS, in force where the endpoint is {@code tls://}. */
  public TlsConfig tls() {
    return tls;
  }

  /** What makes its TLS; null if the endpoint is not {@code tls://}. */
  @Nullable TlsContext tlsContext() {
    return tlsContext;
  }

  /** How many connections may wait to be accepted. */
  public int backlog() {
    return own.get(BACKLOG);
  }

  /** Whether it binds although connections of an earlier server are still in TIME_WAIT. */
  public boolean reuseAddress() {
    return own.get(REUSE_ADDRESS);
  }

  /** Whether answers leave at once, without Nagle's algorithm. */
  public boolean tcpNoDelay() {
    return own.get(TCP_NO_DELAY);
  }

  /** How many threads the handler has; none if it runs on the event loops. */
  public int executorThreads() {
    return own.get(EXECUTOR_THREADS);
  }

  /** How many frames of a session may wait for one of these threads. */
  public int executorQueue() {
    return own.get(EXECUTOR_QUEUE);
  }

  /**
   * Builds a ListenerConfig; each method rejects a bad value with the value and what is allowed.
   */
  public static final class Builder {

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

    /** Where to bind. */
    public Builder endpoint(Endpoint value) {
      endpoint = value;
      return this;
    }

    /** One of the protocol's settings. */
    public <T> Builder set(Setting<T> setting, T value) {
      return PluginContext.around(protocol).call(() -> put(settings, setting, value));
    }

    /** One of the protocol's settings by its key, checked when the config is built. */
    public Builder set(String key, Object value) {
      settings.put(key, value);
      return this;
    }

    /** One of its {@link Limits}. */
    public <T> Builder limit(Setting<T> limit, T value) {
      return put(limits, limit, value);
    }

    /** One of {@link TlsConfig#OF_LISTENER}, for an endpoint {@code tls://}. */
    public <T> Builder tls(Setting<T> setting, T value) {
      tls = tls.with(setting, value);
      return this;
    }

    /** TLS for an endpoint {@code tls://}, with all its settings. */
    public Builder tls(TlsConfig value) {
      tls = value;
      return this;
    }

    /** One of {@link ProxyConfig#ALL}. */
    public <T> Builder proxyProtocol(Setting<T> setting, T value) {
      proxyProtocol = proxyProtocol.with(setting, value);
      return this;
    }

    /** The accept queue, 1 to 65535, 1024 by default; the kernel may have a lower bound. */
    public Builder backlog(int value) {
      return put(own, BACKLOG, value);
    }

    /** SO_REUSEADDR, on by default. */
    public Builder reuseAddress(boolean value) {
      return put(own, REUSE_ADDRESS, value);
    }

    /** TCP_NODELAY, on by default. */
    public Builder tcpNoDelay(boolean value) {
      return put(own, TCP_NO_DELAY, value);
    }

    /**
     * Threads for a handler that blocks, 0 to 4096; at 0, the default, it runs on the event loops.
     * A session's frames are handled one at a time and in order either way.
     */
    public Builder executorThreads(int value) {
      return put(own, EXECUTOR_THREADS, value);
    }

    /**
     * How many frames of a session may wait for one of these threads, 1 to 1000000, 64 by default:
     * then no more are read until half are done.
     */
    public Builder executorQueue(int value) {
      return put(own, EXECUTOR_QUEUE, value);
    }

    /**
     * The finished config.
     *
     * @throws IllegalArgumentException if the protocol does not have one of the settings, or not
     *     with such a value, if limits do not go together, or if TLS has no certificate or a bad
     *     one
     */
    public ListenerConfig build() {
      return new ListenerConfig(this, true);
    }

    /**
     * Checks what {@link #build} does, but reads no file of TLS: for a listener that is not to be
     * made.
     *
     * @throws IllegalArgumentException as {@link #build}
     */
    public void check() {
      var unused = new ListenerConfig(this, false);
    }
  }
}
