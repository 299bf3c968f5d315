package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.testing.Programs.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Programs.Result;
import parley.tls.TlsConfig;

/** Keys and certificates as OpenSSL writes them, and the errors of unusable ones. */
class PemTest {

  @TempDir Path temp;
  private Path certs;

  @BeforeEach
  void certs() throws Exception {
    certs = Certs.folder();
  }

  private static void openssl(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "openssl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Result result = run(command);
    assertThat(result.code()).as(result.err()).isZero();
  }

  private ListenerConfig.Builder listener(Path certificate, Path key) {
    return Certs.listener(new GreetingProtocol(), certs)
        .tls(TlsConfig.CERTIFICATE, certificate.toString())
        .tls(TlsConfig.KEY, key.toString());
  }

  private static void assertServes(ListenerConfig.Builder listener) throws Exception {
    try (Server server = Certs.serve(listener)) {
      assertThat(server.endpoint().isTls()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, rsa_keygen_bits:2048, pkcs8, false",
    "RSA, rsa_keygen_bits:2048, traditional, false",
    "RSA, rsa_keygen_bits:2048, pkcs8, true",
    "RSA, rsa_keygen_bits:2048, traditional, true",
    "EC, ec_paramgen_curve:P-384, pkcs8, false",
    "EC, ec_paramgen_curve:P-384, traditional, true",
    "ED25519, , pkcs8, false"
  })
  void acceptsKeysOfAnyKind(String algorithm, String option, String form, boolean secret)
      throws Exception {
    Path plain = temp.resolve("plain.key");
    Path key = temp.resolve("key.pem");
    Path certificate = temp.resolve("cert.pem");
    if (option == null) {
      openssl("genpkey", "-algorithm", algorithm, "-out", plain.toString());
    } else {
      openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", plain.toString());
    }
    openssl(
        "req",
        "-new",
        "-x509",
        "-key",
        plain.toString(),
        "-subj",
        "/CN=x",
        "-out",
        certificate.toString());
    String in = plain.toString();
    String out = key.toString();
    if (form.equals("traditional") && secret) {
      openssl("pkey", "-in", in, "-traditional", "-aes256", "-passout", "pass:s3", "-out", out);
    } else if (form.equals("traditional")) {
      openssl("pkey", "-in", in, "-traditional", "-out", out);
    } else if (secret) {
      openssl("pkcs8", "-topk8", "-in", in, "-passout", "pass:s3", "-out", out);
    } else {
      Files.copy(plain, key);
    }
    if (secret) {
      assertServes(listener(certificate, key).tls(TlsConfig.KEY_PASSWORD, "s3"));
      Path file = Files.writeString(temp.resolve("password"), "s3\n");
      assertServes(listener(certificate, key).tls(TlsConfig.KEY_PASSWORD_FILE, file.toString()));
      assertThatThrownBy(listener(certificate, key)::build).hasMessageContaining("has a password");
      assertThatThrownBy(listener(certificate, key).tls(TlsConfig.KEY_PASSWORD, "wr0ng")::build)
          .hasMessage(
              "tls.key-password: it does not open " + key + " (expected: the key's password)")
          .hasMessageNotContaining("wr0ng");
      Files.writeString(file, "nope\n");
      ListenerConfig.Builder byFile =
          listener(certificate, key).tls(TlsConfig.KEY_PASSWORD_FILE, file.toString());
      assertThatThrownBy(byFile::build)
          .hasMessageStartingWith("tls.key-password-file: " + file + ": does not open " + key);
      assertThatThrownBy(byFile.tls(TlsConfig.KEY_PASSWORD, "s3")::build)
          .hasMessageContaining("with key-password too (expected: one of them)");
      Files.delete(file);
      assertThatThrownBy(
              listener(certificate, key).tls(TlsConfig.KEY_PASSWORD_FILE, file.toString())::build)
          .hasMessageEndingWith("no such file (expected: a file whose first line is the password)");
    } else {
      assertServes(listener(certificate, key));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pkcs8 -topk8 -v2 aria-256-cbc",
    "pkcs8 -topk8 -scrypt",
    "pkey -traditional -camellia256"
  })
  void anUnknownEncryptionIsNotReportedAsAWrongPassword(String form) throws Exception {
    Path certificate = Certs.selfSigned(temp, "/CN=x");
    Path key = temp.resolve("secret.key");
    String files = " -passout pass:s3 -in " + temp.resolve("key.pem") + " -out " + key;
    openssl((form + files).split(" "));
    assertThatThrownBy(listener(certificate, key).tls(TlsConfig.KEY_PASSWORD, "s3")::build)
        .hasMessageStartingWith("tls.key: " + key + ": its encryption is unknown (expected: ");
  }

  @Test
  void faultsAreNamed() throws Exception {
    Path none = temp.resolve("none.pem");
    assertThatThrownBy(listener(none, certs.resolve("server.key"))::build)
        .hasMessage(
            "tls.certificate: "
                + none
                + ": cannot be read: no such file (expected: a file in PEM)");
    assertThatThrownBy(listener(temp, certs.resolve("server.key"))::build)
        .hasMessage(
            "tls.certificate: "
                + temp
                + ": cannot be read: Is a directory (expected: a file in PEM)");
    for (boolean first : new boolean[] {true, false}) {
      ListenerConfig.Builder alone =
          first
              ? listener(certs.resolve("server.pem"), Path.of(""))
              : listener(Path.of(""), certs.resolve("server.key"));
      assertThatThrownBy(alone::build)
          .hasMessageContaining(first ? "tls.certificate: " : "tls.key: ")
          .hasMessageContaining("stands alone")
          .hasMessageEndingWith(
              first ? "(expected: tls.key with it)" : "(expected: tls.certificate with it)");
    }
    Path empty = Files.writeString(temp.resolve("empty.pem"), "hello\n");
    assertThatThrownBy(listener(empty, certs.resolve("server.key"))::build)
        .hasMessageContaining("no certificate in it");
    assertThatThrownBy(listener(certs.resolve("server.pem"), empty)::build)
        .hasMessageContaining("no private key in it");
    assertThatThrownBy(listener(certs.resolve("server.pem"), certs.resolve("client.key"))::build)
        .hasMessageContaining("it is not the key of " + certs.resolve("server.pem"));
    Path unlinked = temp.resolve("unlinked.pem");
    Files.writeString(
        unlinked,
        Files.readString(certs.resolve("server.pem"))
            + Files.readString(certs.resolve("client.pem")));
    assertThatThrownBy(listener(unlinked, certs.resolve("server.key"))::build)
        .hasMessageContaining("its certificates do not form a chain");
    ListenerConfig.Builder listener = Certs.listener(new GreetingProtocol());
    assertThatThrownBy(() -> listener.tls(TlsConfig.CLIENT_AUTH, "always"))
        .hasMessageContaining("none, want or need");
    assertThatThrownBy(listener.tls(TlsConfig.CLIENT_AUTH, "need")::build)
        .hasMessageContaining("tls.client-ca is missing");
    assertThatThrownBy(
            Certs.listener(new GreetingProtocol()).tls(TlsConfig.PROTOCOLS, List.of("TLSv9"))
                ::build)
        .hasMessageContaining("tls.protocols: TLSv9 (expected: some of [");
    assertThatThrownBy(Certs.listener(new GreetingProtocol()).tls(TlsConfig.CERTIFICATE, "")::build)
        .hasMessageContaining("stands alone (expected: tls.certificate with it)");
  }

  /** The server requests no client certificate. */
  @Test
  void aServerNeedsNoTrustStore() throws Exception {
    String key = "javax.net.ssl.trustStore";
    String before = System.getProperty(key);
    System.setProperty(key, Files.writeString(temp.resolve("store"), "garbage").toString());
    try {
      assertServes(listener(certs.resolve("server.pem"), certs.resolve("server.key")));
    } finally {
      if (before == null) {
        System.clearProperty(key);
      } else {
        System.setProperty(key, before);
      }
    }
  }

  /** Blocks that openssl writes beside a key, and other tools beside a certificate. */
  @Test
  void otherBlocksAreSkipped() throws Exception {
    Path key = temp.resolve("key.pem");
    Path certificate = temp.resolve("cert.pem");
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", key.toString());
    assertThat(key).content().contains("BEGIN EC PARAMETERS");
    String[] self = {"-subj", "/CN=x", "-out", certificate.toString()};
    openssl("req", "-new", "-x509", "-key", key.toString(), self[0], self[1], self[2], self[3]);
    assertServes(listener(certificate, key));
    Path two = temp.resolve("two.pem");
    Files.writeString(
        two,
        Files.readString(key)
            + "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    assertServes(listener(certificate, two));
    Path both = temp.resolve("both.pem");
    Files.writeString(
        both, "# not ENCRYPTED - or so\n" + Files.readString(key) + Files.readString(certificate));
    assertServes(listener(both, both));
  }

  private ListenerConfig.Builder pss(String... options) throws Exception {
    Path key = temp.resolve("key.pem");
    Path certificate = temp.resolve("cert.pem");
    List<String> command = new ArrayList<>(List.of("genpkey", "-algorithm", "RSA-PSS"));
    for (String each : options) {
      command.addAll(List.of("-pkeyopt", each));
    }
    command.addAll(List.of("-out", key.toString()));
    openssl(command.toArray(String[]::new));
    String[] self = {"-subj", "/CN=x", "-out", certificate.toString()};
    openssl("req", "-new", "-x509", "-key", key.toString(), self[0], self[1], self[2], self[3]);
    return listener(certificate, key);
  }

  private static String[] restricted(String hash, String mask, int salt) {
    return new String[] {
      "rsa_pss_keygen_md:" + hash,
      "rsa_pss_keygen_mgf1_md:" + mask,
      "rsa_pss_keygen_saltlen:" + salt
    };
  }

  @Test
  void acceptsAnRsaPssPair() throws Exception {
    assertServes(pss());
    assertServes(pss(restricted("sha256", "sha256", 32)));
    assertServes(pss(restricted("sha256", "sha256", 20)));
  }

  /** OpenSSL refuses signatures that were made with them. */
  @ParameterizedTest
  @CsvSource({
    "sha384, sha384, 48",
    "sha512, sha512, 64",
    "sha256, sha1, 32",
    "sha256, sha512, 32",
    "sha256, sha256, 48"
  })
  void anRsaPssKeyThatTlsDoesNotSignWithIsRefused(String hash, String mask, int salt)
      throws Exception {
    assertThatThrownBy(pss(restricted(hash, mask, salt))::build)
        .hasMessageStartingWith("tls.certificate: ")
        .hasMessageEndingWith(
            "its RSASSA-PSS key has a restriction that TLS cannot sign with (expected: SHA-256,"
                + " also for the mask, with a salt of at most 32 bytes, or no restriction)");
  }

  @Test
  void unsupportedVersionsAreRefused() throws Exception {
    for (String[] bad :
        new String[][] {
          {"SSLv2Hello", "TLS_AES_128_GCM_SHA256"},
          {"TLSv1.1", "TLS_AES_128_GCM_SHA256"},
          {"TLSv1.3", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}
        }) {
      ListenerConfig.Builder listener =
          Certs.listener(new GreetingProtocol())
              .tls(TlsConfig.PROTOCOLS, List.of(bad[0]))
              .tls(TlsConfig.CIPHERS, List.of(bad[1]));
      assertThatThrownBy(listener::build)
          .hasMessageStartingWith("tls.protocols: [" + bad[0] + "] with the ciphers [" + bad[1])
          .hasMessageContaining("no handshake is possible");
    }
  }

  /**
   * Peers refuse such certificates; with several listeners, the line names the one that is meant.
   */
  @ParameterizedTest
  @CsvSource({
    "serverAuth, clientAuth",
    "clientAuth, serverAuth",
    "'clientAuth,serverAuth', ",
    "anyExtendedKeyUsage, ",
    "codeSigning, 'serverAuth clientAuth'"
  })
  void aCertificateForAnotherUseCausesAWarning(String usage, String lacks) throws Exception {
    Path certificate = Certs.selfSigned(temp, "/CN=x", "extendedKeyUsage=" + usage);
    try (Logs logs = Logs.capture()) {
      Certs.selfSignedListener(temp).build();
      ClientConfig.builder(Endpoint.parse("tls://localhost:1"), new GreetingProtocol())
          .tls(TlsConfig.CERTIFICATE, certificate.toString())
          .tls(TlsConfig.KEY, temp.resolve("key.pem").toString())
          .build();
      String all = lacks == null ? "" : lacks;
      String warning =
          "WARN null TLS certificate may be rejected: owner=\"%s\" key=tls.certificate file=\""
              + certificate
              + "\" cause=\"CN=x is not a %s certificate: its extendedKeyUsage lacks %s\"";
      List<String> expected = new ArrayList<>();
      if (all.contains("serverAuth")) {
        expected.add(warning.formatted("listener test", "server", "serverAuth"));
      }
      if (all.contains("clientAuth")) {
        expected.add(warning.formatted("client of tls://localhost:1", "client", "clientAuth"));
      }
      assertThat(logs.atLeast("WARN")).isEqualTo(expected);
    }
  }

  @Test
  void aKeyThatNoCipherUsesIsRefused() throws Exception {
    String ecdsa = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    String rsa = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    ListenerConfig.Builder listener =
        Certs.listener(new GreetingProtocol(), certs)
            .tls(TlsConfig.PROTOCOLS, List.of("TLSv1.2"))
            .tls(TlsConfig.CIPHERS, List.of(rsa));
    assertThatThrownBy(listener::build)
        .hasMessage(
            "tls.certificate: "
                + certs.resolve("server.pem")
                + ": no handshake is possible with its key, EC, in [TLSv1.2] with the ciphers ["
                + rsa
                + "] (expected: a version and a cipher for such a key)");
    assertServes(listener.tls(TlsConfig.CIPHERS, List.of(rsa, ecdsa)));
    assertServes(
        listener
            .tls(TlsConfig.PROTOCOLS, List.of("TLSv1.3"))
            .tls(TlsConfig.CIPHERS, List.of("TLS_AES_128_GCM_SHA256")));
  }

  @Test
  void settingsWithoutTlsAreRefused() throws Exception {
    Endpoint plain = Endpoint.parse("tcp://127.0.0.1:9123");
    assertThatThrownBy(Certs.listener(new GreetingProtocol()).endpoint(plain)::build)
        .hasMessage(
            "tls.certificate is set (expected: an endpoint tls://, not tcp://127.0.0.1:9123)");
    assertThatThrownBy(
            ClientConfig.builder(plain, new GreetingProtocol()).tls(TlsConfig.INSECURE, true)
                ::build)
        .hasMessage("tls.insecure is set (expected: an endpoint tls://, not tcp://127.0.0.1:9123)");
  }

  /** The certificate is longer than the JDK's own client accepts; other clients accept it. */
  @Test
  void aLongCertificateIsAccepted(@TempDir Path temp) throws Exception {
    String names =
        IntStream.range(0, 1500)
            .mapToObj(i -> "DNS:name-number-" + i + ".example")
            .collect(Collectors.joining(","));
    Certs.selfSigned(temp, "/CN=long", "subjectAltName=" + names);
    assertServes(Certs.selfSignedListener(temp));
  }
}
