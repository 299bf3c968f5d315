package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocol.Side;
import parley.protocol.Settings;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Folders;
import parley.testing.Programs.Result;
import parley.tls.TlsConfig;

/** Throwaway certificates, made by bin/dev-cert.sh, and servers and peers that use them. */
public final class Certs {

  private static Path made;

  private Certs() {}

  /** Returns a folder with a CA's, a server's and a client's certificate for all tests of a JVM. */
  public static synchronized Path folder() throws Exception {
    if (made == null) {
      Path parent = Files.createTempDirectory("certs");
      made = make(parent);
      Folders.deleteAtTheEnd(parent);
    }
    return made;
  }

  /** Makes another such folder. */
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

  /** Makes a self-signed {@code cert.pem} and its {@code key.pem}; returns the first. */
  static Path selfSigned(Path folder, String subject, String... extensions) throws Exception {
    need("openssl");
    Path certificate = folder.resolve("cert.pem");
    List<String> command =
        new ArrayList<>(List.of("openssl", "req", "-new", "-x509", "-newkey", "ec", "-nodes"));
    command.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", subject));
    command.addAll(List.of("-keyout", folder.resolve("key.pem").toString()));
    command.addAll(List.of("-out", certificate.toString()));
    for (String each : extensions) {
      command.addAll(List.of("-addext", each));
    }
    Result result = run(command.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return certificate;
  }

  /** Returns a listener with the files of {@link #selfSigned}. */
  static ListenerConfig.Builder selfSignedListener(Path folder) {
    return ListenerConfig.builder(
            "test", Endpoint.parse("tls://127.0.0.1:0"), new GreetingProtocol())
        .tls(TlsConfig.CERTIFICATE, folder.resolve("cert.pem").toString())
        .tls(TlsConfig.KEY, folder.resolve("key.pem").toString());
  }

  /** Returns a listener with the server's certificate. */
  public static ListenerConfig.Builder listener(Protocol<String, String> protocol)
      throws Exception {
    return listener(protocol, folder());
  }

  static ListenerConfig.Builder listener(Protocol<String, String> protocol, Path certs) {
    return ListenerConfig.builder("test", Endpoint.parse("tls://127.0.0.1:0"), protocol)
        .tls(TlsConfig.CERTIFICATE, certs.resolve("server.pem").toString())
        .tls(TlsConfig.KEY, certs.resolve("server.key").toString());
  }

  static Server serve(ListenerConfig.Builder listener) throws IOException {
    return new Server(ServerConfig.builder().listener(listener.build()).build()).start();
  }

  /** Returns the context of a peer that trusts the CA and has a client certificate. */
  public static SSLContext context() throws Exception {
    TlsConfig config =
        TlsConfig.ofPem()
            .with(TlsConfig.CA, folder().resolve("ca.pem").toString())
            .with(TlsConfig.CERTIFICATE, folder().resolve("client.pem").toString())
            .with(TlsConfig.KEY, folder().resolve("client.key").toString());
    Settings settings = config.ofClient();
    return new PemContext("peer", settings, Side.CLIENT, new HandshakeParameters(settings))
        .current();
  }
}
