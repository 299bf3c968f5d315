package parley.tls;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * Makes the SSLEngines of a listener or a client from the files of its settings. Where a file has
 * changed since, they are read again, at most once a second and when the next session comes: a bad
 * file or pair is logged in one line, and what was there stays in force. Sessions that are there
 * keep what they have. Any thread may call, and none waits: after the first time, files are read by
 * a thread of their own, which a pipe or a file system that does not answer may hold up.
 */
public final class TlsContext {

  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
  private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(1);

  private final String owner;
  private final Settings settings;
  private final @Nullable Endpoint server;
  private volatile SSLContext context;
  private List<Object> files; // of the constructor, then of one look after the other
  private CompletableFuture<@Nullable Void> look = CompletableFuture.completedFuture(null);
  private long looked; // when it began
  private boolean stallIsLogged;
  private String keyType = "none";

  private TlsContext(String owner, Settings settings, @Nullable Endpoint server) {
    this.owner = owner;
    this.settings = settings;
    this.server = server;
    this.files = marks();
    this.context = read();
    this.looked = System.nanoTime();
    checkSpoken();
    checkPair(context);
  }

  /** Checks the settings without reading a file; the context is of no other use. */
  private TlsContext(String owner, Settings settings) {
    this.owner = owner;
    this.settings = settings;
    this.server = null;
    this.files = List.of();
    try {
      this.context = SSLContext.getInstance("TLS");
      this.context.init(null, null, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // a JVM without TLS
    }
    checkSpoken();
    pem().checkPair();
  }

  private void checkSpoken() {
    SSLParameters supported = context.getSupportedSSLParameters();
    check(TlsSettings.PROTOCOLS, supported.getProtocols(), "some of " + spokenVersions());
    check(
        TlsSettings.CIPHERS,
        supported.getCipherSuites(),
        "suites of this JVM, such as those by default, " + TlsSettings.CIPHERS.defaultValue());
    checkHandshake();
  }

  /**
   * Of a listener.
   *
   * @param name the listener's, for the log
   * @param settings {@link TlsSettings#OF_LISTENER}
   * @throws IllegalArgumentException if a file is not what it should be, or they do not go together
   */
  public static TlsContext ofListener(String name, Settings settings) {
    checkFiles(settings);
    return new TlsContext("listener " + name, settings, null);
  }

  /**
   * Checks the settings of a listener that is not to be made, without a file of theirs.
   *
   * @param name the listener's
   * @param settings {@link TlsSettings#OF_LISTENER}
   * @throws IllegalArgumentException if they do not go together
   */
  public static void checkListener(String name, Settings settings) {
    checkFiles(settings);
    var unused = new TlsContext("listener " + name, settings);
  }

  /** Checks that the files that must be named are named, and no others. */
  private static void checkFiles(Settings settings) {
    boolean asks = clientAuth(settings) != TlsSettings.ClientAuth.NONE;
    if (asks == isUnset(settings, TlsSettings.CLIENT_CA)) {
      throw new IllegalArgumentException(
          asks
              ? "tls.client-ca is missing (expected: a file, as client-auth is "
                  + settings.get(TlsSettings.CLIENT_AUTH)
                  + ")"
              : "tls.client-ca is set (expected: client-auth want or need with it)");
    }
    if (isUnset(settings, TlsSettings.CERTIFICATE) && isUnset(settings, TlsSettings.KEY)) {
      throw new IllegalArgumentException(
          "tls.certificate is missing (expected: a file, as the endpoint is tls://)");
    }
  }

  /**
   * Of a client.
   *
   * @param settings {@link TlsSettings#OF_CLIENT}
   * @param server whose host the certificate must name, unless {@link TlsSettings#SERVER_NAME} is
   *     set
   * @throws IllegalArgumentException if a file is not what it should be, or they do not go together
   */
  public static TlsContext ofClient(Settings settings, Endpoint server) {
    if (settings.get(TlsSettings.INSECURE) && !isUnset(settings, TlsSettings.CA)) {
      throw new IllegalArgumentException("tls.insecure with a ca (expected: one of them)");
    }
    return new TlsContext("client of " + server, settings, server);
  }

  private static TlsSettings.ClientAuth clientAuth(Settings settings) {
    return TlsSettings.clientAuth(settings.get(TlsSettings.CLIENT_AUTH));
  }

  private static boolean isUnset(Settings settings, Setting<String> file) {
    return settings.get(file).isEmpty();
  }

  private List<String> spokenVersions() {
    return List.of(context.getDefaultSSLParameters().getProtocols());
  }

  private void check(Setting<List<String>> setting, String[] supported, String expected) {
    List<String> all = List.of(supported);
    List<String> set = settings.get(setting);
    for (String each : set) {
      if (!all.contains(each)) {
        throw new IllegalArgumentException(
            "tls." + setting.key() + ": " + each + " (expected: " + expected + ")");
      }
    }
    if (set.isEmpty()) {
      throw new IllegalArgumentException(
          "tls." + setting.key() + ": none (expected: " + expected + ")");
    }
  }

  /**
   * Versions may be none that this JVM speaks, and suites none of theirs: a client's word fails.
   */
  private void checkHandshake() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setSSLParameters(spoken(engine.getSSLParameters()));
    try {
      engine.beginHandshake();
      engine.closeOutbound();
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          String.format(
              "tls.protocols: %s with the ciphers %s: no handshake is possible (expected: versions"
                  + " that this JVM speaks, %s, and ciphers of theirs)",
              settings.get(TlsSettings.PROTOCOLS),
              settings.get(TlsSettings.CIPHERS),
              spokenVersions()),
          e);
    }
  }

  /** What is spoken may have nothing for the kind of key that a listener has. */
  private void checkPair(SSLContext read) {
    if (!isServer()) {
      return;
    }
    try {
      Trial.of(read, this::spoken);
    } catch (GeneralSecurityException | SSLException e) {
      throw new IllegalArgumentException(
          String.format(
              "tls.certificate: %s: no handshake is possible with its key, %s, in %s with the"
                  + " ciphers %s (expected: a version and a cipher for such a key)",
              settings.get(TlsSettings.CERTIFICATE),
              keyType,
              settings.get(TlsSettings.PROTOCOLS),
              settings.get(TlsSettings.CIPHERS)),
          e);
    }
  }

  private SSLParameters spoken(SSLParameters parameters) {
    parameters.setProtocols(settings.get(TlsSettings.PROTOCOLS).toArray(String[]::new));
    parameters.setCipherSuites(settings.get(TlsSettings.CIPHERS).toArray(String[]::new));
    return parameters;
  }

  /**
   * For an endpoint without TLS.
   *
   * @throws IllegalArgumentException if a setting is not as by default: whoever set it counts on
   *     TLS
   */
  public static void checkUnused(Settings settings, Endpoint endpoint) {
    settings
        .all()
        .forEach(
            (setting, value) -> {
              if (!value.equals(setting.defaultValue())) {
                throw new IllegalArgumentException(
                    String.format(
                        "tls.%s is set (expected: an endpoint tls://, not %s)",
                        setting.key(), endpoint));
              }
            });
  }

  private boolean isServer() {
    return server == null;
  }

  boolean isOfServer() {
    return isServer();
  }

  /** How long a handshake may take; of a client, its connect has a bound of its own. */
  Duration handshakeTimeout() {
    return isServer() ? settings.get(TlsSettings.HANDSHAKE_TIMEOUT) : Duration.ZERO;
  }

  /** An engine for a new session. */
  SSLEngine engine() {
    SSLContext current = context;
    SSLEngine engine =
        server == null
            ? current.createSSLEngine()
            : current.createSSLEngine(withoutRoot(serverName(server)), server.port());
    engine.setUseClientMode(!isServer());
    SSLParameters parameters = spoken(engine.getSSLParameters());
    parameters.setUseCipherSuitesOrder(true);
    if (server == null) {
      askClient(parameters);
    } else {
      checkServer(parameters, serverName(server));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** The name that a server is to prove, and that it is told by SNI. */
  private String serverName(Endpoint endpoint) {
    String set = settings.get(TlsSettings.SERVER_NAME);
    return set.isEmpty() ? endpoint.host() : set;
  }

  private void askClient(SSLParameters parameters) {
    switch (clientAuth(settings)) {
      case NEED -> parameters.setNeedClientAuth(true);
      case WANT -> parameters.setWantClientAuth(true);
      default -> {}
    }
  }

  private void checkServer(SSLParameters parameters, String host) {
    if (!settings.get(TlsSettings.INSECURE)) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818, 3.1
    }
    if (isName(host)) {
      try {
        parameters.setServerNames(List.of(new SNIHostName(withoutRoot(host))));
      } catch (IllegalArgumentException e) {
        LOG.debug("no SNI: {}", e.getMessage()); // such as my_host
      }
    }
  }

  /** Whether a host is called by a name, and not by an address. */
  static boolean isName(String host) {
    return host.indexOf(':') < 0 && !host.matches("[0-9.]+");
  }

  /** {@code example.org} of {@code example.org.}, which certificates and SNI have without a dot. */
  private static String withoutRoot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /**
   * Begins to check the files, if that is due.
   *
   * @return done when a new session has what is in them now; null if it need not wait for that,
   *     also because a look takes longer than a second
   */
  @Nullable CompletableFuture<@Nullable Void> look() {
    boolean stalls;
    CompletableFuture<@Nullable Void> due = null;
    synchronized (this) {
      long now = System.nanoTime();
      boolean isRecent = now - looked < BETWEEN_LOOKS;
      boolean isAtIt = !look.isDone();
      stalls = isAtIt && !isRecent && !stallIsLogged;
      stallIsLogged |= stalls;
      if (isAtIt && isRecent) {
        due = look;
      } else if (!isAtIt && !isRecent) {
        due = begin(now);
      }
    }
    if (stalls) {
      LOG.warn("{}: tls: its files are still being read; what was there stays in force", owner);
    }
    return due;
  }

  private CompletableFuture<@Nullable Void> begin(long now) {
    CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
    Thread thread = new Thread(() -> readChanged(begun), "parley-tls-files");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError noThread) { // the session goes on with what there was
      begun.complete(null);
    }
    looked = now;
    stallIsLogged = false;
    look = begun;
    return begun;
  }

  private void readChanged(CompletableFuture<@Nullable Void> done) {
    try {
      List<Object> seen = marks();
      if (!seen.equals(files)) {
        files = seen; // so that a bad one is logged once
        SSLContext read = read();
        checkPair(read);
        context = read;
        LOG.info("{}: tls: files have changed: new sessions have what is in them now", owner);
      }
    } catch (RuntimeException e) {
      LOG.warn("{}: {}; what was there stays in force", owner, e.getMessage());
    } finally {
      done.complete(null);
    }
  }

  /** What tells a changed file, of all that are set. */
  private List<Object> marks() {
    List<Object> seen = new ArrayList<>();
    for (Setting<?> each : TlsSettings.FILES) {
      if (settings.all().get(each) instanceof String file && !file.isEmpty()) {
        try {
          seen.add(PemFiles.mark(Path.of(file)));
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
          seen.add("none");
        }
      }
    }
    return seen;
  }

  private Pem pem() {
    return new Pem(owner, settings, isServer() ? Pem.Side.SERVER : Pem.Side.CLIENT);
  }

  private SSLContext read() {
    try {
      Pem pem = pem();
      SSLContext read = SSLContext.getInstance("TLS");
      read.init(pem.keys(), trust(pem), null);
      keyType = pem.keyType();
      return read;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("tls: " + e.getMessage(), e);
    }
  }

  private TrustManager @Nullable [] trust(Pem pem) {
    if (isServer()) {
      return clientAuth(settings) == TlsSettings.ClientAuth.NONE
          ? null
          : pem.trust(TlsSettings.CLIENT_CA);
    }
    return settings.get(TlsSettings.INSECURE)
        ? new TrustManager[] {new TrustAll()}
        : pem.trust(TlsSettings.CA);
  }
}
