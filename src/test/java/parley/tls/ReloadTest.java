package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.Servers;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;

/** Files that change are taken for new sessions; a bad pair is not, and the others go on. */
class ReloadTest {

  private static TlsPeer connect(Server server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, null);
    return TlsPeer.of(Servers.endpoint(server), context, "TLSv1.3").handshake();
  }

  private static String serial(TlsPeer peer) throws Exception {
    return ((X509Certificate) peer.engine().getSession().getPeerCertificates()[0])
        .getSerialNumber()
        .toString();
  }

  private static void copy(Path from, Path to, String name) throws Exception {
    Path next = Files.copy(from.resolve(name), to.resolve(name + ".next"));
    Files.move(next, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void newFilesAreForNewSessions(@TempDir Path temp) throws Exception {
    Path used = Certs.make(temp);
    Path other = Certs.make(Files.createDirectory(temp.resolve("other")));
    try (Server server = Certs.serve(Certs.listener(new GreetingProtocol(), used));
        TlsPeer first = connect(server)) {
      final String before = serial(first);
      assertThat(first.line()).isEqualTo("Hello, World!");
      copy(other, used, "server.pem"); // no pair with the old key
      long look = System.nanoTime();
      while (System.nanoTime() - look < TimeUnit.SECONDS.toNanos(2)) {
        try (TlsPeer peer = connect(server)) {
          assertThat(serial(peer)).isEqualTo(before);
        }
      }
      copy(other, used, "server.key");
      String now = before;
      while (now.equals(before)) {
        try (TlsPeer peer = connect(server)) {
          now = serial(peer);
        }
      }
      assertThat(first.send("Ada\n").line()).isEqualTo("Hello, Ada!");
    }
  }
}
