package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Logs;
import parley.testing.Servers;

/** A listener and a client with the application's own SSLContext. */
class OwnContextTest {

  @TempDir static Path temp;
  private static KeyStore serverKeys;
  private static KeyStore clientKeys;
  private SSLContext serverContext;
  private SSLContext clientContext;
  private SSLContext strangerContext;

  /** Answers with the negotiated TLS version and cipher suite. */
  private static final Protocol<String, String> AGREED =
      Servers.lineProtocol(AnswerHandler.<String, String>of((session, line) -> agreed(session)));

  @BeforeAll
  static void keys() throws Exception {
    serverKeys = KeyStores.make(temp, "server");
    clientKeys = KeyStores.make(temp, "client");
  }

  /**
   * New contexts for each test: a context resumes its sessions, even with another server at the
   * same port.
   */
  @BeforeEach
  void contexts() throws Exception {
    serverContext = KeyStores.context(serverKeys, clientKeys);
    clientContext = KeyStores.context(clientKeys, serverKeys);
    strangerContext = KeyStores.context(null, serverKeys);
  }

  private static String agreed(IoSession session) {
    SSLSession tls = Tls.of(session);
    return tls.getProtocol() + " " + tls.getCipherSuite() + " " + peer(tls);
  }

  private static String peer(SSLSession tls) {
    try {
      return tls.getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  private static ListenerConfig.Builder listener(TlsConfig tls) {
    return ListenerConfig.builder("test", Endpoint.parse("tls://127.0.0.1:0"), AGREED).tls(tls);
  }

  private static Server serve(TlsConfig tls) throws Exception {
    return new Server(ServerConfig.builder().listener(listener(tls).build()).build()).start();
  }

  private static ClientConfig.Builder<String, String> client(Server server, TlsConfig tls) {
    return ClientConfig.builder(server.endpoint(), AGREED).tls(tls);
  }

  private static String ask(ClientConfig<String, String> config) throws Exception {
    try (Client<String, String> client = Client.connect(config)) {
      return client.ask("?").get().toString();
    }
  }

  @Test
  void bothSidesAcceptAContext() throws Exception {
    try (Server server = serve(TlsConfig.of(serverContext))) {
      assertThat(ask(client(server, TlsConfig.of(clientContext)).build()))
          .startsWith("TLSv1.3 ")
          .endsWith(" nobody");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"want", "need"})
  void theListenerAsksForACertificate(String clientAuth) throws Exception {
    TlsConfig tls = TlsConfig.of(serverContext).with(TlsConfig.CLIENT_AUTH, clientAuth);
    try (Server server = serve(tls)) {
      assertThat(ask(client(server, TlsConfig.of(clientContext)).build())).endsWith(" CN=client");
      ClientConfig<String, String> stranger = client(server, TlsConfig.of(strangerContext)).build();
      if (clientAuth.equals("want")) {
        assertThat(ask(stranger)).endsWith(" nobody");
      } else {
        assertThatThrownBy(() -> ask(stranger)).hasMessageContaining("the peer refused: ");
      }
    }
  }

  @Test
  void versionsAndCiphersAreAsConfigured() throws Exception {
    String cipher = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    TlsConfig tls =
        TlsConfig.of(serverContext)
            .with(TlsConfig.PROTOCOLS, List.of("TLSv1.2"))
            .with(TlsConfig.CIPHERS, List.of(cipher));
    try (Server server = serve(tls)) {
      assertThat(ask(client(server, TlsConfig.of(clientContext)).build()))
          .isEqualTo("TLSv1.2 " + cipher + " nobody");
    }
    try (Server server = serve(TlsConfig.of(serverContext))) {
      TlsConfig same = TlsConfig.of(clientContext).with(TlsConfig.PROTOCOLS, List.of("TLSv1.2"));
      assertThat(ask(client(server, same).build())).startsWith("TLSv1.2 ");
    }
  }

  /**
   * Like with PEM files, a host name that is not in the certificate is refused, unless checks are
   * off.
   */
  @Test
  void theClientChecksTheHost() throws Exception {
    try (Server server = serve(TlsConfig.of(serverContext))) {
      TlsConfig other =
          TlsConfig.of(clientContext).with(TlsConfig.SERVER_NAME, "other.example.org");
      assertThatThrownBy(() -> ask(client(server, other).build()))
          .hasMessageContaining("TLS: wrong host: ");
      assertThat(ask(client(server, other.with(TlsConfig.CHECK_HOST, false)).build()))
          .startsWith("TLSv1.3 ");
      TlsConfig local = TlsConfig.of(clientContext).with(TlsConfig.SERVER_NAME, "localhost");
      assertThat(ask(client(server, local).build())).startsWith("TLSv1.3 ");
    }
  }

  @Test
  void theClientTrustsAsItsContextDoes() throws Exception {
    SSLContext ofSystem = KeyStores.context(null, null);
    try (Server server = serve(TlsConfig.of(serverContext))) {
      TlsConfig tls = TlsConfig.of(ofSystem).with(TlsConfig.CHECK_HOST, false);
      assertThatThrownBy(() -> ask(client(server, tls).build()))
          .hasMessageContaining("TLS: unknown CA");
    }
  }

  @Test
  void theHandshakeHasADeadline() throws Exception {
    TlsConfig tls =
        TlsConfig.of(serverContext).with(TlsConfig.HANDSHAKE_TIMEOUT, Duration.ofMillis(50));
    try (Logs logs = Logs.capture();
        Server server = serve(tls);
        Socket silent = new Socket("127.0.0.1", server.endpoint().port())) {
      logs.await(
          "INFO",
          line ->
              line.endsWith("reason=handshake_timeout detail=\"TLS: no handshake within 50 ms\""));
      assertThat(silent.isConnected()).isTrue();
    }
  }

  /** Parley would ignore these settings of a context. */
  @ParameterizedTest
  @CsvSource({"certificate", "key", "key-password", "key-password-file", "client-ca"})
  void aListenersFilesAreRefusedBesideAContext(String key) {
    TlsConfig tls = TlsConfig.of(serverContext).with(text(key, TlsConfig.OF_LISTENER), "x");
    assertThatThrownBy(listener(tls)::build)
        .hasMessage(
            "listener test, with an SSLContext, has no setting "
                + key
                + " (expected: [client-auth, protocols, ciphers, handshake-timeout])");
  }

  @SuppressWarnings("unchecked")
  private static parley.protocol.Setting<String> text(
      String key, List<parley.protocol.Setting<?>> all) {
    return (parley.protocol.Setting<String>)
        all.stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"certificate", "key", "key-password", "key-password-file", "ca"})
  void aClientsFilesAreRefusedBesideAContext(String key) {
    TlsConfig tls = TlsConfig.of(clientContext).with(text(key, TlsConfig.OF_CLIENT), "x");
    Endpoint endpoint = Endpoint.parse("tls://localhost:1");
    assertThatThrownBy(ClientConfig.builder(endpoint, AGREED).tls(tls)::build)
        .hasMessage(
            "the client, with an SSLContext, has no setting "
                + key
                + " (expected: [server-name, check-host, protocols, ciphers])");
    TlsConfig insecure = TlsConfig.of(clientContext).with(TlsConfig.INSECURE, true);
    assertThatThrownBy(ClientConfig.builder(endpoint, AGREED).tls(insecure)::build)
        .hasMessageContaining("with an SSLContext, has no setting insecure (expected: ");
    TlsConfig unchecked = TlsConfig.ofPem().with(TlsConfig.CHECK_HOST, false);
    assertThatThrownBy(ClientConfig.builder(endpoint, AGREED).tls(unchecked)::build)
        .hasMessageContaining("the client has no setting check-host (expected: ");
  }

  @Test
  void problemsOfAContextAreNamed() throws Exception {
    assertThatThrownBy(() -> TlsConfig.of(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("context: null (expected: an SSLContext)");
    SSLContext raw = SSLContext.getInstance("TLS");
    assertThatThrownBy(listener(TlsConfig.of(raw))::build)
        .hasMessage("tls: SSLContext is not initialized (expected: its init)");
    assertThatThrownBy(listener(TlsConfig.of(raw))::check)
        .hasMessage("tls: SSLContext is not initialized (expected: its init)");
    Endpoint plain = Endpoint.parse("tcp://127.0.0.1:9123");
    TlsConfig tls = TlsConfig.of(serverContext);
    String expected =
        "an SSLContext is set (expected: an endpoint tls://, not tcp://127.0.0.1:9123)";
    assertThatThrownBy(listener(tls).endpoint(plain)::build).hasMessage(expected);
    assertThatThrownBy(ClientConfig.builder(plain, new GreetingProtocol()).tls(tls)::build)
        .hasMessage(expected);
    assertThatThrownBy(listener(tls.with(TlsConfig.PROTOCOLS, List.of("TLSv9")))::build)
        .hasMessageContaining("tls.protocols: TLSv9 (expected: some of [");
  }

  /** The context may have keys for some server names only, so the listener is created. */
  @Test
  void aContextWithoutAKeyCausesAWarning() {
    try (Logs logs = Logs.capture()) {
      listener(TlsConfig.of(serverContext)).build();
      assertThat(logs.atLeast("WARN")).isEmpty();
      listener(TlsConfig.of(strangerContext)).build();
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .startsWith(
              "WARN null no handshake is possible with the keys of the SSLContext: owner=\"listener"
                  + " test\" parameters=\"[TLSv1.3, TLSv1.2] with the ciphers [");
    }
  }

  /**
   * An example is a key manager that chooses by the server's name, and does not expect an absent
   * name.
   */
  @Test
  void aContextWhoseKeyManagerThrowsCausesAWarning() throws Exception {
    X509ExtendedKeyManager throwing =
        new X509ExtendedKeyManager() {
          @Override
          public String chooseEngineServerAlias(
              String type, Principal[] issuers, SSLEngine engine) {
            throw new IllegalStateException("no server name");
          }

          @Override
          public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            throw new IllegalStateException("no server name");
          }

          @Override
          public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
          }

          @Override
          public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return null;
          }

          @Override
          public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[0];
          }

          @Override
          public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[0];
          }

          @Override
          public PrivateKey getPrivateKey(String alias) {
            return null;
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {throwing}, null, null);
    try (Logs logs = Logs.capture()) {
      listener(TlsConfig.of(context)).build();
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .contains("no handshake is possible");
    }
  }
}
