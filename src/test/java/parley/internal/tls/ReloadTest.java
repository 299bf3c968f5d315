package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.proxy.ProxyConfig;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Servers;
import parley.tls.TlsConfig;

/** New sessions use changed files; a bad pair is rejected, and existing sessions continue. */
class ReloadTest {

  /** Longer than the interval between two checks of the files. */
  private static final Duration LOOKS = Duration.ofSeconds(2);

  private static TlsPeer connect(Server server) throws Exception {
    return TlsPeer.of(Servers.endpoint(server), anyServer(), "TLSv1.3").handshake();
  }

  private static SSLContext anyServer() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {PeerTrust.ANY}, null);
    return context;
  }

  private static String serial(TlsPeer peer) throws Exception {
    return ((X509Certificate) peer.engine().getSession().getPeerCertificates()[0])
        .getSerialNumber()
        .toString();
  }

  private static String serial(Server server) throws Exception {
    try (TlsPeer peer = connect(server)) {
      return serial(peer);
    }
  }

  private static void copy(Path from, Path to, String name) throws Exception {
    Path next = Files.copy(from.resolve(name), to.resolve(name + ".next"));
    Files.move(next, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void newSessionsUseNewFiles(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    Path other = Certs.make(Files.createDirectory(temp.resolve("other")));
    try (Server server = Certs.serve(Certs.listener(new GreetingProtocol(), used));
        TlsPeer first = connect(server)) {
      final String before = serial(first);
      assertThat(first.line()).isEqualTo("Hello, World!");
      copy(other, used, "server.pem"); // does not match the old key
      Pace.repeat(LOOKS, () -> assertThat(serial(server)).isEqualTo(before));
      copy(other, used, "server.key");
      Await.until("another certificate", () -> serial(server), now -> !now.equals(before));
      assertThat(first.send("Ada\n").line()).isEqualTo("Hello, Ada!");
    }
  }

  /** The file changes in place, and keeps its size and its times. */
  @Test
  void theContentOfAFileCounts(@TempDir Path temp) throws Exception {
    Path pems = temp.resolve("cert.pem");
    Path keys = temp.resolve("key.pem");
    Certs.selfSigned(temp, "/CN=one", "basicConstraints=CA:true");
    String one = Files.readString(pems) + Files.readString(keys);
    Certs.selfSigned(temp, "/CN=two", "basicConstraints=CA:true");
    String two = Files.readString(pems) + Files.readString(keys);
    int most = Math.max(one.length(), two.length());
    Path both = Files.writeString(temp.resolve("both.pem"), padded(one, most));
    FileTime time = Files.getLastModifiedTime(both);
    try (Server server =
        Certs.serve(
            Certs.selfSignedListener(temp)
                .tls(TlsConfig.CERTIFICATE, both.toString())
                .tls(TlsConfig.KEY, both.toString()))) {
      assertThat(subject(server)).isEqualTo("CN=one");
      Files.writeString(both, padded(two, most));
      Files.setLastModifiedTime(both, time);
      String now =
          Await.until("another", () -> subject(server), subject -> !subject.equals("CN=one"));
      assertThat(now).isEqualTo("CN=two");
    }
  }

  private static String padded(String text, int length) {
    return text + "\n".repeat(length - text.length());
  }

  private static String subject(TlsPeer peer) throws Exception {
    return peer.engine().getSession().getPeerPrincipal().getName();
  }

  private static String subject(Server server) throws Exception {
    try (TlsPeer peer = connect(server)) {
      return subject(peer);
    }
  }

  /** Opening a pipe without a writer blocks, and that would block all sessions of the loop. */
  @Test
  void aPipeIsReadOnce(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    Path pipe = temp.resolve("key.pipe");
    Programs.run("mkfifo", pipe.toString());
    byte[] key = Files.readAllBytes(used.resolve("server.key"));
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(key);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try (Server server =
        Certs.serve(
            Certs.listener(new GreetingProtocol(), used).tls(TlsConfig.KEY, pipe.toString()))) {
      written.get(); // the write has changed its time
      Pace.repeat(
          LOOKS,
          () -> {
            try (TlsPeer peer = connect(server)) {
              assertThat(peer.line()).isEqualTo("Hello, World!");
            }
          });
    }
  }

  /**
   * No process writes to the pipe: its reader blocks, but no session waits for more than a second.
   */
  @Test
  void filesThatCannotBeReadDelayNoSession(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    ListenerConfig plain =
        ListenerConfig.builder("plain", Servers.FREE, new GreetingProtocol()).build();
    ServerConfig config =
        ServerConfig.builder()
            .listener(plain)
            .listener(Certs.listener(new GreetingProtocol(), used).build())
            .eventLoops(1)
            .build();
    Path key = used.resolve("server.key");
    try (Logs logs = Logs.capture();
        Server server = new Server(config).start()) {
      Endpoint tls = server.listeners().get(1).endpoint();
      Path pipe = temp.resolve("pipe");
      Programs.run("mkfifo", pipe.toString());
      Files.move(pipe, key, StandardCopyOption.REPLACE_EXISTING);
      while (logs.atLeast("WARN").isEmpty()) {
        try (TlsPeer peer = TlsPeer.of(tls, anyServer(), "TLSv1.3").handshake()) {
          assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, World!");
          assertThat(peer.line()).isEqualTo("Hello, Ada!");
        }
        try (Peer peer = Peer.connect(server.listeners().get(0).endpoint())) {
          assertThat(peer.line()).isEqualTo("Hello, World!");
        }
      }
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .endsWith(
              "TLS files still being read, the previous ones stay in effect: owner=\"listener test\"");
      Files.newOutputStream(key).close(); // the reader continues, with an invalid key
      Await.until("the next warning", () -> logs.atLeast("WARN").size() > 1);
      assertThat(logs.atLeast("WARN").get(1)).contains("no private key in it");
      try (TlsPeer peer = TlsPeer.of(tls, anyServer(), "TLSv1.3").handshake()) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
      }
    }
  }

  /**
   * A load balancer sends header and ClientHello together; the filter below TLS takes its part of
   * the one read.
   */
  @Test
  void aHandshakeInTheReadOfAProxyHeaderWaitsForTheFilesToo(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    try (Logs logs = Logs.capture();
        Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol(), used)
                    .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1/32")))) {
      Path pipe = temp.resolve("pipe");
      Programs.run("mkfifo", pipe.toString());
      Path key = used.resolve("server.key");
      Files.move(pipe, key, StandardCopyOption.REPLACE_EXISTING);
      byte[] header = "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n".getBytes(StandardCharsets.US_ASCII);
      while (logs.atLeast("WARN").isEmpty()) {
        try (TlsPeer peer = TlsPeer.of(server.endpoint(), anyServer(), "TLSv1.3")) {
          peer.handshakeAfter(header);
          assertThat(peer.line()).isEqualTo("Hello, World!");
        }
      }
      Files.newOutputStream(key).close();
    }
  }

  /** A session that comes when a check is due uses the files' content of that time. */
  @Test
  void aSessionThatCausesACheckUsesItsResult(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    Path other = Certs.make(Files.createDirectory(temp.resolve("other")));
    TlsContext context =
        TlsContext.ofListener(
            "test",
            TlsConfig.ofPem()
                .with(TlsConfig.CERTIFICATE, used.resolve("server.pem").toString())
                .with(TlsConfig.KEY, used.resolve("server.key").toString()));
    copy(other, used, "server.pem");
    copy(other, used, "server.key");
    try (Logs logs = Logs.capture()) {
      Await.until("a look", context::look, Objects::nonNull).get();
      assertThat(logs.atLeast("INFO")).anyMatch(line -> line.contains("TLS files changed"));
    }
  }
}
