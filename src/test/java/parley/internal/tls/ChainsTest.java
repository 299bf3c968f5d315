package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.testing.Programs.need;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.tls.TlsConfig;

/** Chains that OpenSSL made: in any order, too long, too weak, and with trust settings. */
class ChainsTest {

  private static final String CA = "basicConstraints=critical,CA:TRUE";
  private static final String HOST = "subjectAltName=DNS:localhost,IP:127.0.0.1";

  @TempDir Path temp;

  @BeforeEach
  void openssl() {
    need("openssl");
  }

  private void openssl(String arguments, String... others) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of(others));
    Result result = Programs.run(Map.of(), "", temp, command);
    assertThat(result.code()).as(result.err()).isZero();
  }

  private String pem(String name) throws Exception {
    return Files.readString(temp.resolve(name));
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(temp.resolve(name), text);
  }

  /** Makes NAME.key and NAME.pem, signed by an issuer or by itself. */
  private void certificate(String name, String issuer, String key, String hash, String extension)
      throws Exception {
    openssl(
        "req -new -nodes -subj /CN="
            + name
            + " -keyout "
            + name
            + ".key -out "
            + name
            + ".csr "
            + (key.equals("ec")
                ? "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
                : "-newkey " + key));
    write(name + ".ext", extension);
    openssl(
        "x509 -req -days 30 -"
            + hash
            + " -in "
            + name
            + ".csr -extfile "
            + name
            + ".ext -out "
            + name
            + ".pem "
            + (issuer.isEmpty()
                ? "-signkey " + name + ".key"
                : "-CA " + issuer + ".pem -CAkey " + issuer + ".key -CAcreateserial"));
  }

  /** Makes a root and a chain of {@code length} certificates with leaf.key, without the root. */
  private List<String> chain(int length) throws Exception {
    certificate("ca0", "", "ec", "sha256", CA);
    List<String> pems = new ArrayList<>();
    for (int i = 1; i < length; i++) {
      certificate("ca" + i, "ca" + (i - 1), "ec", "sha256", CA);
      pems.add(0, pem("ca" + i + ".pem"));
    }
    certificate("leaf", "ca" + (length - 1), "ec", "sha256", HOST);
    pems.add(0, pem("leaf.pem"));
    return pems;
  }

  private ListenerConfig.Builder listener(String certificate, String key) {
    return ListenerConfig.builder(
            "test", Endpoint.parse("tls://127.0.0.1:0"), new GreetingProtocol())
        .tls(TlsConfig.CERTIFICATE, temp.resolve(certificate).toString())
        .tls(TlsConfig.KEY, temp.resolve(key).toString());
  }

  private ClientConfig.Builder<String, String> client(Endpoint endpoint, String ca) {
    return ClientConfig.builder(endpoint, new GreetingProtocol())
        .tls(TlsConfig.CA, temp.resolve(ca).toString());
  }

  private static final String WARNING =
      "WARN null TLS certificate may be rejected: owner=\"%s\" key=tls.certificate file=\"";

  private List<String> warnings(ListenerConfig.Builder listener) {
    try (Logs logs = Logs.capture()) {
      listener.build();
      return logs.atLeast("WARN").stream()
          .map(line -> line.replace(WARNING.formatted("listener test") + temp + "/", ""))
          .toList();
    }
  }

  private void assertGreets(Server server, String ca) throws Exception {
    Endpoint endpoint = server.endpoint().withHost("localhost");
    try (Client<String, String> client = Client.connect(client(endpoint, ca).build())) {
      assertThat(client.ask("Ada").join()).isEqualTo("Hello, Ada!");
    }
  }

  /** The message does not blame the key. */
  @Test
  void aChainInTheWrongOrderIsNamed() throws Exception {
    List<String> pems = chain(3);
    write("right.pem", String.join("", pems));
    assertThat(warnings(listener("right.pem", "leaf.key"))).isEmpty();
    for (int first = 1; first < 3; first++) {
      List<String> other = new ArrayList<>(pems);
      Collections.swap(other, 0, first);
      write("wrong.pem", String.join("", other));
      assertThatThrownBy(listener("wrong.pem", "leaf.key")::build)
          .hasMessage(
              "tls.certificate: "
                  + temp.resolve("wrong.pem")
                  + ": in the wrong order: the key's certificate is number "
                  + (first + 1)
                  + " of 3 in it (expected: the certificate itself first, then each one's issuer)");
    }
    Collections.swap(pems, 1, 2);
    write("wrong.pem", String.join("", pems));
    assertThatThrownBy(listener("wrong.pem", "leaf.key")::build)
        .hasMessageContaining("wrong.pem: its certificates do not form a chain (expected: ");
    certificate("stranger", "", "ec", "sha256", HOST);
    assertThatThrownBy(listener("right.pem", "stranger.key")::build)
        .hasMessageContaining("tls.key: ")
        .hasMessageContaining("it is not the key of " + temp.resolve("right.pem"));
  }

  /** A JDK client accepts ten, and a JDK server accepts eight from a client. */
  @Test
  void aChainThatIsTooLongCausesAWarning() throws Exception {
    List<String> pems = chain(11);
    write("eleven.pem", String.join("", pems));
    assertThat(warnings(listener("eleven.pem", "leaf.key")))
        .containsExactly(
            "eleven.pem\" cause=\"11 certificates, but peers on a JDK take at most 10 by default\"");
    write("ten.pem", String.join("", pems.subList(0, 10)));
    assertThat(warnings(listener("ten.pem", "leaf.key"))).isEmpty();
    try (Server server = Certs.serve(listener("ten.pem", "leaf.key"))) {
      assertGreets(server, "ca1.pem");
    }
    for (int count : new int[] {8, 9}) {
      write("client.pem", String.join("", pems.subList(0, count)));
      try (Logs logs = Logs.capture()) {
        client(Endpoint.parse("tls://localhost:1"), "ca0.pem")
            .tls(TlsConfig.CERTIFICATE, temp.resolve("client.pem").toString())
            .tls(TlsConfig.KEY, temp.resolve("leaf.key").toString())
            .build();
        String warning = "9 certificates, but peers on a JDK take at most 8 by default";
        assertThat(String.join("\n", logs.atLeast("WARN")))
            .isEqualTo(
                count == 8
                    ? ""
                    : WARNING.formatted("client of tls://localhost:1")
                        + temp.resolve("client.pem")
                        + "\" cause=\""
                        + warning
                        + '"');
      }
    }
  }

  /** The JDK bounds the size of the certificate message, too. */
  @Test
  void aChainOfTooManyBytesCausesAWarning() throws Exception {
    String names =
        String.join(
            ",", IntStream.range(0, 2500).mapToObj(i -> "DNS:n-" + i + ".example.org").toList());
    certificate("leaf", "", "ec", "sha256", "subjectAltName=" + names);
    assertThat(warnings(listener("leaf.pem", "leaf.key")))
        .singleElement()
        .asString()
        .matches(
            "leaf.pem\" cause=\"certificates of \\d{5} bytes, but peers on a JDK take at most 32768 by default\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rsa:1024|sha256|has an RSA key of 1024 bits, which many peers refuse (expected: 2048 or more)",
        "rsa:2048|sha256|",
        "ec|sha256|",
        "ec|sha1|is signed by SHA1withECDSA, which many peers refuse (expected: SHA-256 or more)"
      })
  void weakKeysAndSignaturesCauseAWarning(String key, String hash, String expected)
      throws Exception {
    certificate("root", "", "ec", "sha1", CA); // nobody checks its own signature
    certificate("middle", "root", key, hash, CA);
    certificate("leaf", "middle", "ec", "sha256", HOST);
    write("chain.pem", pem("leaf.pem") + pem("middle.pem") + pem("root.pem"));
    List<String> warning =
        expected == null ? List.of() : List.of("chain.pem\" cause=\"CN=middle " + expected + '"');
    assertThat(warnings(listener("chain.pem", "leaf.key"))).isEqualTo(warning);
    certificate("own", "root", key, hash, HOST);
    assertThat(warnings(listener("own.pem", "own.key")))
        .isEqualTo(
            expected == null ? List.of() : List.of("own.pem\" cause=\"CN=own " + expected + '"'));
  }

  /**
   * The certificates are as {@code openssl x509 -trustout} writes them, as a chain and as the CAs
   * of either side.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " -setalias a",
        " -addtrust serverAuth -addtrust clientAuth",
        " -addtrust anyExtendedKeyUsage",
        " -addtrust serverAuth -addtrust clientAuth -addreject codeSigning"
      })
  void trustedCertificatesAreAccepted(String trust) throws Exception {
    certificate("ca", "", "ec", "sha256", CA);
    certificate("leaf", "ca", "ec", "sha256", HOST);
    openssl("x509 -in ca.pem -trustout -out trusted-ca.pem" + trust);
    openssl("x509 -in leaf.pem -trustout -out trusted-leaf.pem" + trust);
    assertThat(pem("trusted-ca.pem")).startsWith("-----BEGIN TRUSTED CERTIFICATE-----");
    ListenerConfig.Builder listener =
        listener("trusted-leaf.pem", "leaf.key")
            .tls(TlsConfig.CLIENT_CA, temp.resolve("trusted-ca.pem").toString())
            .tls(TlsConfig.CLIENT_AUTH, "need");
    try (Server server = Certs.serve(listener)) {
      Endpoint endpoint = server.endpoint().withHost("localhost");
      ClientConfig<String, String> config =
          client(endpoint, "trusted-ca.pem")
              .tls(TlsConfig.CERTIFICATE, temp.resolve("trusted-leaf.pem").toString())
              .tls(TlsConfig.KEY, temp.resolve("leaf.key").toString())
              .build();
      try (Client<String, String> client = Client.connect(config)) {
        assertThat(client.ask("Ada").join()).isEqualTo("Hello, Ada!");
      }
    }
  }

  /** OpenSSL itself does not trust these certificates. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        " -addreject serverAuth",
        " -addtrust clientAuth",
        " -addtrust serverAuth -addreject serverAuth",
        " -addtrust codeSigning -addtrust clientAuth -setalias serverAuth",
        " -addreject anyExtendedKeyUsage"
      })
  void aCertificateThatItsFileDoesNotTrustIsRefused(String trust) throws Exception {
    certificate("ca", "", "ec", "sha256", CA);
    openssl("x509 -in ca.pem -trustout -out trusted.pem" + trust);
    assertThatThrownBy(client(Endpoint.parse("tls://localhost:1"), "trusted.pem")::build)
        .hasMessage(
            "tls.ca: "
                + temp.resolve("trusted.pem")
                + ": its trust settings leave a certificate in it untrusted for serverAuth"
                + " (expected: trust for serverAuth, or no trust settings)");
  }

  /** An editor on Windows writes such a file. */
  @Test
  void aByteOrderMarkIsSkipped() throws Exception {
    certificate("leaf", "", "ec", "sha256", HOST);
    openssl("pkcs8 -topk8 -in leaf.key -passout pass:s3 -out secret.key");
    for (String end : List.of("", "\n", "\r\n", "\r\nsecond")) {
      Files.write(temp.resolve("password"), ("\uFEFFs3" + end).getBytes(StandardCharsets.UTF_8));
      for (String name : List.of("leaf.pem", "secret.key")) {
        write("bom-" + name, "\uFEFF" + pem(name).replace("\n", "\r\n"));
      }
      ListenerConfig.Builder listener =
          listener("bom-leaf.pem", "bom-secret.key")
              .tls(TlsConfig.KEY_PASSWORD_FILE, temp.resolve("password").toString());
      try (Server server = Certs.serve(listener)) {
        assertGreets(server, "bom-leaf.pem");
      }
    }
  }
}
