package parley.internal.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsConfig;

/** The enabled TLS versions and cipher suites; checks whether a handshake is possible with them. */
final class HandshakeParameters {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int ROOM = 1 << 18;
  private static final int MOST_STEPS = 100;

  private final List<String> protocols;
  private final List<String> ciphers;

  HandshakeParameters(Settings settings) {
    protocols = settings.get(TlsConfig.PROTOCOLS);
    ciphers = settings.get(TlsConfig.CIPHERS);
  }

  /** Sets them in parameters, and returns the parameters. */
  SSLParameters setIn(SSLParameters parameters) {
    parameters.setProtocols(protocols.toArray(String[]::new));
    parameters.setCipherSuites(ciphers.toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    return parameters;
  }

  /** Returns a context without keys that trusts any peer. */
  static SSLContext bareContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {PeerTrust.ANY}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // a JVM without TLS
    }
  }

  /**
   * Checks that a client could start a handshake.
   *
   * @param own the application's context; null for one that is read from files
   * @throws IllegalArgumentException if versions or suites are unknown, or do not fit each other
   */
  void checkSupported(@Nullable SSLContext own) {
    SSLContext bare = bareContext();
    SSLContext context = own == null ? bare : own;
    List<String> versions = List.of(bare.getDefaultSSLParameters().getProtocols());
    SSLParameters supported;
    try {
      supported = context.getSupportedSSLParameters();
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException("tls: " + e.getMessage() + " (expected: its init)", e);
    }
    check(TlsConfig.PROTOCOLS, protocols, supported.getProtocols(), "some of " + versions);
    String suites = "suites of this JVM, such as those by default, ";
    check(
        TlsConfig.CIPHERS,
        ciphers,
        supported.getCipherSuites(),
        suites + TlsConfig.CIPHERS.defaultValue());
    try {
      begin(context, true).closeOutbound();
    } catch (SSLException e) { // a version that is disabled, or no suite for any version
      throw new IllegalArgumentException(
          String.format(
              "tls.protocols: %s: no handshake is possible (expected: versions that this JVM"
                  + " speaks, %s, and ciphers of theirs)",
              this, versions),
          e);
    }
  }

  private static void check(
      Setting<List<String>> setting, List<String> set, String[] supported, String expected) {
    List<String> unknown = new ArrayList<>(set);
    unknown.removeAll(List.of(supported));
    if (set.isEmpty() || !unknown.isEmpty()) {
      String wrong = set.isEmpty() ? "none" : unknown.get(0);
      throw new IllegalArgumentException(
          "tls." + setting.key() + ": " + wrong + " (expected: " + expected + ")");
    }
  }

  /**
   * Plays a listener's handshake in memory, with a client that accepts any certificate.
   *
   * @throws SSLException if it is impossible: no version or suite fits the listener's keys
   */
  void tryHandshake(SSLContext listener) throws SSLException {
    SSLEngine client = begin(bareContext(), true);
    SSLEngine server = begin(listener, false);
    ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    for (int i = 0; i < MOST_STEPS; i++) {
      try {
        step(client, toClient, toServer);
      } catch (SSLException itsOwn) {
        return; // another client may accept more, such as a longer certificate
      }
      step(server, toServer, toClient);
    }
  }

  private SSLEngine begin(SSLContext context, boolean isClient) throws SSLException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(isClient);
    engine.setSSLParameters(setIn(engine.getSSLParameters()));
    engine.beginHandshake();
    return engine;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> engine.wrap(NOTHING, out);
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        engine.unwrap(in.flip(), NOTHING);
        in.compact();
      }
      default -> {}
    }
  }

  /** Returns {@code [TLSv1.2] with the ciphers [...]}. */
  @Override
  public String toString() {
    return protocols + " with the ciphers " + ciphers;
  }
}
