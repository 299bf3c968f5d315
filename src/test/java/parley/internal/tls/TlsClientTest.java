package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ConnectException;
import parley.client.Connector;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Echo;
import parley.testing.Logs;
import parley.testing.Servers;
import parley.tls.Tls;
import parley.tls.TlsConfig;

/** A client whose server does not do its part of the handshake. */
class TlsClientTest {

  private static ClientConfig<String, String> config(String scheme, int port) throws Exception {
    return ClientConfig.builder(
            Endpoint.parse(scheme + "://127.0.0.1:" + port), new GreetingProtocol())
        .tls(TlsConfig.CA, Certs.folder().resolve("ca.pem").toString())
        .connectTimeout(Duration.ofMillis(300))
        .build();
  }

  /** The connect times out; later connects on the same connector succeed. */
  @Test
  void aSilentServerDelaysNoOtherConnect() throws Exception {
    try (Server server = Certs.serve(Certs.listener(new GreetingProtocol()));
        ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        Connector connector = new Connector()) {
      for (int i = 0; i < 3; i++) {
        ClientConfig<String, String> bad = config("tls", silent.getLocalPort());
        assertThatThrownBy(() -> connector.connect(bad).get())
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("no TLS handshake within 300 ms");
        ClientConfig<String, String> good =
            ClientConfig.builder(Servers.endpoint(server), new GreetingProtocol())
                .tls(TlsConfig.CA, Certs.folder().resolve("ca.pem").toString())
                .build();
        try (Client<String, String> client = connector.connect(good).get()) {
          assertThat(client.ask("Ada").get()).isEqualTo("Hello, Ada!");
        }
      }
    }
  }

  @Test
  void hostNamesThatAreNotValidForSniAreConnectedTo() throws Exception {
    for (String host : new String[] {"my_host", "localhost."}) {
      ClientConfig<String, String> config =
          ClientConfig.builder(Endpoint.parse("tls://" + host + ":1"), new GreetingProtocol())
              .build();
      assertThat(TlsContext.ofClient(config.tls(), config.endpoint()).engine().getPeerHost())
          .isEqualTo(host.replace(".", ""));
    }
  }

  /** The server gets the reason, not only the end of the connection. */
  @Test
  void theServerGetsTheReasonOfARefusal() throws Exception {
    try (Logs logs = Logs.capture();
        Server server = Certs.serve(Certs.listener(new GreetingProtocol()))) {
      ClientConfig<String, String> config =
          ClientConfig.builder(Servers.endpoint(server), new GreetingProtocol())
              .tls(TlsConfig.CA, Certs.folder().resolve("client.pem").toString())
              .build();
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> Client.connect(config)).hasMessageContaining("TLS: unknown CA");
      }
      logs.await("INFO", line -> line.contains("the peer refused: "));
      assertThat(logs.atLeast("INFO")).noneMatch(line -> line.contains("ended the handshake"));
    }
  }

  /** A subject's name is not a host name (RFC 9525). */
  @ParameterizedTest
  @CsvSource({
    "basicConstraints=CA:true, it has no subjectAltName",
    "subjectAltName=IP:127.0.0.1, its subjectAltName has no DNS name"
  })
  void aCertificateThatNamesNoHostIsRefused(String names, String why, @TempDir Path temp)
      throws Exception {
    Path certificate = Certs.selfSigned(temp, "/CN=localhost", names);
    try (Server server = Certs.serve(Certs.selfSignedListener(temp))) {
      int port = Servers.endpoint(server).port();
      ClientConfig.Builder<String, String> byName =
          ClientConfig.builder(Endpoint.parse("tls://localhost:" + port), new GreetingProtocol());
      try (Client<String, String> client =
          Client.connect(byName.tls(TlsConfig.INSECURE, true).build())) {
        assertThat(client.ask("Ada").get()).isEqualTo("Hello, Ada!");
      }
      byName.tls(TlsConfig.INSECURE, false).tls(TlsConfig.CA, certificate.toString());
      assertThatThrownBy(() -> Client.connect(byName.build()))
          .hasMessageEndingWith("TLS: the certificate names no host: " + why);
      if (names.contains("127.0.0.1")) {
        ClientConfig<String, String> byAddress =
            ClientConfig.builder(Servers.endpoint(server), new GreetingProtocol())
                .tls(TlsConfig.CA, certificate.toString())
                .build();
        try (Client<String, String> client = Client.connect(byAddress)) {
          assertThat(client.ask("Ada").get()).isEqualTo("Hello, Ada!");
        }
      }
    }
  }

  @Test
  void aCertificateForAnotherUseIsRefusedWithAClearReason() throws Exception {
    Path certs = Certs.folder();
    try (Server server =
        Certs.serve(
            Certs.listener(new GreetingProtocol())
                .tls(TlsConfig.CERTIFICATE, certs.resolve("client.pem").toString())
                .tls(TlsConfig.KEY, certs.resolve("client.key").toString()))) {
      ClientConfig<String, String> config =
          ClientConfig.builder(Servers.endpoint(server), new GreetingProtocol())
              .tls(TlsConfig.CA, certs.resolve("ca.pem").toString())
              .build();
      assertThatThrownBy(() -> Client.connect(config))
          .hasMessageEndingWith(
              "TLS: Extended key usage does not permit use for TLS server authentication");
    }
  }

  /** The server's name may differ from the host that the client connects to. */
  @Test
  void theServersNameMayBeAnother(@TempDir Path temp) throws Exception {
    Path certs = Certs.make(temp, "db.example.org");
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) ->
                ((ExtendedSSLSession) Tls.of(session)).getRequestedServerNames().toString());
    Protocol<String, String> protocol = Servers.lineProtocol(handler);
    try (Server server = Certs.serve(Certs.listener(protocol, certs))) {
      ClientConfig.Builder<String, String> config =
          ClientConfig.builder(Servers.endpoint(server), protocol)
              .tls(TlsConfig.CA, certs.resolve("ca.pem").toString());
      config.tls(TlsConfig.SERVER_NAME, "db.example.org");
      try (Client<String, String> client = Client.connect(config.build())) {
        assertThat(client.ask("name?").get().toString()).contains("db.example.org");
      }
      config.tls(TlsConfig.SERVER_NAME, "other.example.org");
      assertThatThrownBy(() -> Client.connect(config.build()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("TLS: ");
      assertThatThrownBy(() -> config.tls(TlsConfig.SERVER_NAME, "no host"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no host");
    }
  }

  /** The server closes directly after an answer, while the loop still processes it. */
  @Test
  void aCloseIsNotATruncation() throws Exception {
    int clients = 100;
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger cut = new AtomicInteger();
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            cut.incrementAndGet();
          }

          @Override
          public void sessionClosed(IoSession session) {
            ended.incrementAndGet();
          }
        };
    Protocol<String, String> protocol = Servers.lineProtocol(handler);
    try (Server server = Certs.serve(Certs.listener(protocol))) {
      ClientConfig<String, String> config =
          ClientConfig.builder(Servers.endpoint(server), protocol)
              .tls(TlsConfig.CA, Certs.folder().resolve("ca.pem").toString())
              .build();
      for (int i = 0; i < clients; i++) {
        try (Client<String, String> client = Client.connect(config)) {
          assertThat(client.ask("Ada").get()).isEqualTo("Ada");
        }
      }
      Await.until("ended", ended::get, count -> count >= clients);
      assertThat(cut).hasValue(0);
    }
  }
}
