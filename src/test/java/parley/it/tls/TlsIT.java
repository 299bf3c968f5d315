package parley.it.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.internal.tls.Certs;
import parley.internal.tls.TlsPeer;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** TLS by the scripts and conf alone, with openssl's own client. */
class TlsIT {

  @TempDir Path temp;
  private Path certs;

  @BeforeEach
  void certs() throws Exception {
    need("openssl");
    certs = Certs.folder();
  }

  private static ServerProcess serve(Path certs, String... more) throws Exception {
    return serveWith("", certs, more);
  }

  private static ServerProcess serveWith(String javaOptions, Path certs, String... more)
      throws Exception {
    List<String> options = new ArrayList<>();
    for (String each :
        List.of(
            "endpoint=tls://127.0.0.1:0",
            "tls.certificate=" + certs.resolve("server.pem"),
            "tls.key=" + certs.resolve("server.key"))) {
      options.addAll(List.of("--set", "listeners.greeting." + each));
    }
    for (String each : more) {
      options.addAll(List.of("--set", "listeners.greeting." + each));
    }
    return ServerProcess.start(1, Map.of("JAVA_OPTS", javaOptions), options);
  }

  /** The failure is an alert, which openssl's client reports (and testssl shows as refused). */
  @Test
  void renegotiationIsAFailure() throws Exception {
    try (ServerProcess server = serve(certs)) {
      Result result = openssl(server, "R\n", "-tls1_2");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("RENEGOTIATING").contains("handshake failure");
    }
  }

  private static String names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "n" + i + "\n").collect(Collectors.joining());
  }

  private static String answers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "Hello, n" + i + "!\n")
        .collect(Collectors.joining());
  }

  private static Result openssl(ServerProcess server, String input, String... more)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("openssl", "s_client", "-connect", server.endpoint().authority(), "-CAfile"));
    command.add(Certs.folder().resolve("ca.pem").toString());
    command.addAll(List.of(more));
    return run(Map.of(), input, command.toArray(String[]::new));
  }

  private static Result hello(ServerProcess server, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(script("hello-client.sh"), "--endpoint", server.endpoint().toString()));
    command.addAll(List.of(more));
    return run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void opensslGetsAllAnswers(String version) throws Exception {
    try (ServerProcess server = serve(certs)) {
      Result result =
          openssl(server, names(20_000) + "quit\n", "-quiet", "-verify_return_error", version);
      assertThat(result.out()).isEqualTo("Hello, World!\n" + answers(20_000) + "Goodbye!\n");
      assertThat(result.code()).as(result.err()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aSessionIsResumed(String version) throws Exception {
    Path session = temp.resolve("session");
    try (ServerProcess server = serve(certs)) {
      Result first =
          openssl(server, "quit\n", "-ign_eof", version, "-sess_out", session.toString());
      assertThat(first.out()).contains("New, TLSv1.");
      Result second =
          openssl(server, "quit\n", "-ign_eof", version, "-sess_in", session.toString());
      assertThat(second.out()).contains("Reused, TLSv1.").contains("Goodbye!");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void olderVersionsAreRefused(String version) throws Exception {
    try (ServerProcess server = serve(certs)) {
      Result result = openssl(server, "", version, "-cipher", "DEFAULT@SECLEVEL=0");
      assertThat(result.code()).isNotZero();
      assertThat(result.out()).contains("no peer certificate available");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void shortRecordsGetAllAnswers(String version) throws Exception {
    String name = "x".repeat(900_000);
    try (ServerProcess server = serve(certs, "settings.max-line=1MiB")) {
      Result result = openssl(server, name + "\nquit\n", "-quiet", version, "-maxfraglen", "512");
      assertThat(result.out()).isEqualTo("Hello, World!\nHello, " + name + "!\nGoodbye!\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "000", "-1", "100000", "x", ""})
  void invalidDaysAreRejected(String days) throws Exception {
    Path none = temp.resolve("none");
    assertThat(run(script("dev-cert.sh"), "--days", days, none.toString()))
        .isEqualTo(new Result(2, "", "--days " + days + " (expected: 1 to 99999)\n"));
    assertThat(none).doesNotExist();
  }

  @Test
  void theClientChecksTheServer() throws Exception {
    String ca = certs.resolve("ca.pem").toString();
    try (ServerProcess server = serve(certs)) {
      assertThat(hello(server, "--ca", ca, "Ada")).isEqualTo(new Result(0, "Hello, Ada!\n", ""));
      Result unknown = hello(server, "Ada");
      assertThat(unknown.code()).isEqualTo(6);
      assertThat(unknown.err())
          .isEqualTo(
              "cannot connect to "
                  + server.endpoint()
                  + ": TLS: unknown CA: no trusted CA has signed the certificate\n");
      assertThat(hello(server, "--insecure", "Ada").out()).isEqualTo("Hello, Ada!\n");
    }
    Path others = Certs.make(temp, "example.org", "127.0.0.9");
    try (ServerProcess server = serve(others)) {
      Result wrong = hello(server, "--ca", others.resolve("ca.pem").toString(), "Ada");
      assertThat(wrong.code()).isEqualTo(6);
      assertThat(wrong.err()).contains("TLS: wrong host: ");
    }
    Path expired = temp.resolve("expired");
    assertThat(run(script("dev-cert.sh"), expired.toString()).code()).isZero();
    expire(expired, 0);
    try (ServerProcess server = serve(expired)) {
      Result late = hello(server, "--ca", expired.resolve("ca.pem").toString(), "Ada");
      assertThat(late.code()).isEqualTo(6);
      assertThat(late.err()).contains("TLS: the certificate has expired");
      Result pinned = hello(server, "--ca", expired.resolve("server.pem").toString(), "Ada");
      assertThat(pinned.code()).isEqualTo(6);
      assertThat(pinned.err()).contains("TLS: the certificate has expired");
    }
  }

  /** Signs the CA's certificate again so that it has expired, and the server's for some days. */
  private void expire(Path folder, int days) throws Exception {
    String ca = folder.resolve("ca.pem").toString();
    String caKey = folder.resolve("ca.key").toString();
    Path expired = temp.resolve("expired.pem");
    openssl("x509 -days 0 -in " + ca + " -signkey " + caKey + " -out " + expired);
    Files.move(expired, Path.of(ca), StandardCopyOption.REPLACE_EXISTING);
    Path request = temp.resolve("request");
    openssl("req -new -subj /CN=x -key " + folder.resolve("server.key") + " -out " + request);
    Path names = Files.writeString(temp.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
    openssl(
        ("x509 -req -CAcreateserial -days " + days + " -in " + request + " -extfile " + names)
            .concat(" -CA " + ca + " -CAkey " + caKey + " -out " + folder.resolve("server.pem")));
  }

  private static void openssl(String arguments) throws Exception {
    Result result = run(("openssl " + arguments).split(" "));
    assertThat(result.code()).as(result.err()).isZero();
  }

  /** A valid certificate of a CA whose certificate has expired. */
  @Test
  void aCertificateOfAnExpiredCaIsRejected() throws Exception {
    Path old = temp.resolve("old");
    assertThat(run(script("dev-cert.sh"), old.toString()).code()).isZero();
    expire(old, 5);
    try (ServerProcess server = serve(old)) {
      Result late = hello(server, "--ca", old.resolve("ca.pem").toString(), "Ada");
      assertThat(late.code()).as(late.err()).isEqualTo(6);
      assertThat(late.err()).contains("TLS: the certificate has expired");
    }
  }

  @Test
  void theServerChecksTheClient() throws Exception {
    String ca = certs.resolve("ca.pem").toString();
    try (ServerProcess server = serve(certs, "tls.client-ca=" + ca, "tls.client-auth=need")) {
      Result known =
          hello(
              server,
              "--ca",
              ca,
              "--cert",
              certs.resolve("client.pem").toString(),
              "--key",
              certs.resolve("client.key").toString(),
              "Ada");
      assertThat(known).isEqualTo(new Result(0, "Hello, Ada!\n", ""));
      Result unknown = hello(server, "--ca", ca, "Ada");
      assertThat(unknown.code()).as(unknown.err()).isEqualTo(6);
      assertThat(unknown.err()).contains("TLS: the peer refused: ");
      assertThat(server.log()).contains("reason=refused detail=\"TLS: ");
    }
  }

  @Test
  void aServerWithoutTlsHasItsOwnExitCode() throws Exception {
    try (ServerProcess server = ServerProcess.start()) {
      Result result =
          run(script("hello-client.sh"), "--endpoint", "tls://" + server.endpoint().authority());
      assertThat(result.code()).isEqualTo(6);
      assertThat(result.err()).contains("TLS: no TLS");
    }
  }

  @Test
  void aBadFileIsRefusedWithItsPlace() throws Exception {
    Path conf = temp.resolve("server.conf");
    Files.writeString(
        conf,
        """
        listeners.greeting {
          endpoint = "tls://127.0.0.1:0"
          protocol = greeting
          tls.certificate = "none.pem"
          tls.key = "none.key"
        }
        """);
    Result result = run(script("start-server.sh"), "--config", conf.toString());
    assertThat(result.code()).isEqualTo(78);
    assertThat(result.err())
        .isEqualTo(
            conf
                + ":4: listeners.greeting.tls.certificate: "
                + temp.resolve("none.pem")
                + ": cannot be read: no such file (expected: a file in PEM)\n");
  }

  /** With SslFilter each one-byte record had its own buffer, which caused an OutOfMemoryError. */
  @Test
  void manyTinyRecordsAreBounded() throws Exception {
    try (ServerProcess server = serveWith("-Xmx64m", certs);
        TlsPeer peer = TlsPeer.of(server.endpoint(), Certs.context(), "TLSv1.3").handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      for (int i = 0; i < 200; i++) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int n = 0; n < 5000; n++) {
          records.writeBytes(peer.records(n % 500 == 499 ? "\n" : "x"));
        }
        peer.sendRaw(records.toByteArray());
        for (int n = 0; n < 10; n++) {
          assertThat(peer.line()).isEqualTo("Hello, " + "x".repeat(499) + "!");
        }
      }
      assertThat(server.process().isAlive()).isTrue();
    }
  }
}
