package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.Programs.need;
import static parley.Programs.run;
import static parley.Programs.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import parley.Folders;
import parley.Programs.Result;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** Throwaway certificates, by bin/dev-cert.sh, and servers and peers that have them. */
public final class Certs {

  private static Path made;

  private Certs() {}

  /** A folder with a CA, a server's and a client's certificate; for all tests of a JVM. */
  public static synchronized Path folder() throws Exception {
    if (made == null) {
      Path parent = Files.createTempDirectory("certs");
      made = make(parent);
      Folders.deleteAtTheEnd(parent);
    }
    return made;
  }

  /** Makes others. */
  public static Path make(Path parent, String... hosts) throws Exception {
    need("openssl");
    Path folder = parent.resolve("certs");
    String[] command = new String[hosts.length + 2];
    command[0] = script("dev-cert.sh");
    command[1] = folder.toString();
    System.arraycopy(hosts, 0, command, 2, hosts.length);
    Result result = run(command);
    assertThat(result.code()).as(result.err()).isZero();
    return folder;
  }

  /** A listener with the server's certificate. */
  public static ListenerConfig.Builder listener(Protocol protocol) throws Exception {
    return listener(protocol, folder());
  }

  static ListenerConfig.Builder listener(Protocol protocol, Path certs) {
    return ListenerConfig.builder("test", Endpoint.parse("tls://127.0.0.1:0"), protocol)
        .tls(TlsSettings.CERTIFICATE, certs.resolve("server.pem").toString())
        .tls(TlsSettings.KEY, certs.resolve("server.key").toString());
  }

  static Server serve(ListenerConfig.Builder listener) throws IOException {
    return new Server(ServerConfig.builder().listener(listener.build()).build()).start();
  }

  /** Of a peer that trusts the CA and has a client's certificate. */
  public static SSLContext context() throws Exception {
    Settings settings =
        Settings.of(
            "test",
            TlsSettings.OF_CLIENT,
            java.util.Map.of(
                "ca", folder().resolve("ca.pem").toString(),
                "certificate", folder().resolve("client.pem").toString(),
                "key", folder().resolve("client.key").toString()));
    KeyManager[] keys = Pem.keys(settings);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, Pem.trust(settings, TlsSettings.CA), null);
    return context;
  }
}
