package parley.internal.tls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol.Side;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsConfig;

/** Creates the SSLEngines of a listener or a client from its config. Thread-safe. */
public final class TlsContext {

  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

  private final Settings settings;
  private final @Nullable Endpoint server;
  private final HandshakeParameters spoken;
  private final Supplier<SSLContext> source;
  private final Supplier<@Nullable CompletableFuture<@Nullable Void>> look;

  private TlsContext(String owner, TlsConfig config, Settings settings, @Nullable Endpoint server) {
    this.settings = settings;
    this.server = server;
    spoken = new HandshakeParameters(settings);
    SSLContext own = config.context();
    spoken.checkSupported(own);
    if (own == null) {
      Side side = server == null ? Side.SERVER : Side.CLIENT;
      PemContext pem = new PemContext(owner, settings, side, spoken);
      source = pem::current;
      look = pem::look;
      return;
    }
    source = () -> own;
    look = () -> null;
    if (server == null) {
      try {
        spoken.tryHandshake(own);
      } catch (SSLException | RuntimeException e) { // it may have keys for some server names only
        LOG.warn(
            "no handshake is possible with the keys of the SSLContext: owner=\"{}\""
                + " parameters=\"{}\" cause=\"{}\"",
            owner,
            spoken,
            TlsFault.reason(e));
      }
    }
  }

  /**
   * Creates the context of a listener.
   *
   * @param name the listener's name, for the log
   * @throws IllegalArgumentException if a file is invalid, or settings contradict each other
   */
  public static TlsContext ofListener(String name, TlsConfig config) {
    return new TlsContext("listener " + name, config, config.ofListener(name), null);
  }

  /**
   * Checks the config of a disabled listener, without reading its files.
   *
   * @param name the listener's name
   * @throws IllegalArgumentException if settings contradict each other or the endpoint
   */
  public static void checkListener(String name, Endpoint endpoint, TlsConfig config) {
    Settings settings = config.ofListener(name);
    if (!endpoint.isTls()) {
      checkUnused(config, settings, endpoint);
      return;
    }
    if (config.context() == null) {
      PemMaterial.checkSettings(new PemFiles(settings), Side.SERVER);
    }
    new HandshakeParameters(settings).checkSupported(config.context());
  }

  /**
   * Creates the context of a client.
   *
   * @param server the endpoint whose host the certificate must name, unless {@link
   *     TlsConfig#SERVER_NAME} is set
   * @return null if the endpoint is not {@code tls://}
   * @throws IllegalArgumentException if a file is invalid, or settings contradict each other or the
   *     endpoint
   */
  public static @Nullable TlsContext ofClient(TlsConfig config, Endpoint server) {
    if (server.isTls()) {
      return ofServer(config, server);
    }
    checkUnused(config, config.ofClient(), server);
    return null;
  }

  /** Creates a context like {@link #ofClient}, whatever the endpoint's scheme is. */
  public static TlsContext ofServer(TlsConfig config, Endpoint server) {
    return new TlsContext("client of " + server, config, config.ofClient(), server);
  }

  /**
   * Checks that an endpoint without TLS has only default settings: any other setting expects TLS.
   */
  private static void checkUnused(TlsConfig config, Settings settings, Endpoint endpoint) {
    if (config.context() != null) {
      throw unused("an SSLContext", endpoint);
    }
    for (Setting<?> each : settings.all().keySet()) {
      if (!settings.get(each).equals(each.defaultValue())) {
        throw unused("tls." + each.key(), endpoint);
      }
    }
  }

  private static IllegalArgumentException unused(String what, Endpoint endpoint) {
    return new IllegalArgumentException(
        String.format("%s is set (expected: an endpoint tls://, not %s)", what, endpoint));
  }

  boolean isOfServer() {
    return server == null;
  }

  /** Returns how long a handshake may take; a client's connect has a timeout of its own. */
  Duration handshakeTimeout() {
    return server == null ? settings.get(TlsConfig.HANDSHAKE_TIMEOUT) : Duration.ZERO;
  }

  /** Calls {@link PemContext#look}. */
  @Nullable CompletableFuture<@Nullable Void> look() {
    return look.get();
  }

  /** Returns an engine for a new session. */
  SSLEngine engine() {
    return server == null ? serversEngine() : clientsEngine(server);
  }

  private SSLEngine serversEngine() {
    SSLEngine engine = source.get().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = spoken.setIn(engine.getSSLParameters());
    switch (settings.get(TlsConfig.CLIENT_AUTH)) {
      case "need" -> parameters.setNeedClientAuth(true);
      case "want" -> parameters.setWantClientAuth(true);
      default -> {}
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private SSLEngine clientsEngine(Endpoint endpoint) {
    String set = settings.get(TlsConfig.SERVER_NAME);
    String given = set.isEmpty() ? endpoint.host() : set;
    String host = given.endsWith(".") ? given.substring(0, given.length() - 1) : given;
    SSLEngine engine = source.get().createSSLEngine(host, endpoint.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = spoken.setIn(engine.getSSLParameters());
    if (checksHost()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818, 3.1
    }
    if (isName(host)) {
      try {
        parameters.setServerNames(List.of(new SNIHostName(host)));
      } catch (IllegalArgumentException e) {
        LOG.debug("no SNI: cause=\"{}\"", e.getMessage()); // such as my_host
      }
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private boolean checksHost() {
    Setting<Boolean> insecure = TlsConfig.INSECURE;
    return settings.all().containsKey(insecure)
        ? !settings.get(insecure)
        : settings.get(TlsConfig.CHECK_HOST);
  }

  /** Returns whether a host is a name and not an address. */
  static boolean isName(String host) {
    return host.indexOf(':') < 0 && !host.matches("[0-9.]+");
  }
}
