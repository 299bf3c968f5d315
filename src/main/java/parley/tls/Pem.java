package parley.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import nl.altindag.ssl.util.KeyManagerUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** Reads the PEM files of a block {@code tls}; what is wrong with one names the setting and it. */
final class Pem {

  private static final Logger LOG = LoggerFactory.getLogger(Pem.class);

  /** A certificate is some KB; more is no PEM file. */
  private static final int MOST_BYTES = 4 << 20;

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  /** Of a file that may have other blocks, such as EC PARAMETERS. */
  private static final Pattern KEY_BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*(?:-[^-]+)*-----END \\1-----");

  private static final Pattern CERTIFICATE_BLOCK =
      Pattern.compile("-----BEGIN ((?:X509 )?CERTIFICATE)-----[^-]*-----END \\1-----");

  /** PKCS#8, or a header of the older forms. */
  private static final Pattern ENCRYPTED =
      Pattern.compile("BEGIN ENCRYPTED|(?m)^Proc-Type:.*ENCRYPTED");

  private static final String ANY_USAGE = "2.5.29.37.0";

  /** Whose certificate it is, with its extended key usage (RFC 5280, 4.2.1.12). */
  enum Side {
    SERVER("1.3.6.1.5.5.7.3.1"),
    CLIENT("1.3.6.1.5.5.7.3.2");

    private final String usage;

    Side(String usage) {
      this.usage = usage;
    }
  }

  private final String owner;
  private final Settings settings;

  /**
   * Of a block's settings.
   *
   * @param owner whose block it is, for the log
   */
  Pem(String owner, Settings settings) {
    this.owner = owner;
    this.settings = settings;
  }

  /** The certificate and key of this side, or null if none are set. */
  KeyManager @Nullable [] keys(Side side) {
    if (isUnset(TlsSettings.CERTIFICATE) && isUnset(TlsSettings.KEY)) {
      return null;
    }
    checkAlone(TlsSettings.CERTIFICATE, TlsSettings.KEY);
    checkAlone(TlsSettings.KEY, TlsSettings.CERTIFICATE);
    List<X509Certificate> chain = certificates(TlsSettings.CERTIFICATE);
    chain.forEach(each -> warnOfDates(TlsSettings.CERTIFICATE, each));
    warnOfUsage(chain.get(0), side);
    PrivateKey key = key();
    checkPair(chain.get(0).getPublicKey(), key);
    try {
      return new KeyManager[] {
        KeyManagerUtils.createKeyManager(key, chain.toArray(X509Certificate[]::new))
      };
    } catch (RuntimeException e) {
      throw refused(
          TlsSettings.CERTIFICATE,
          "its certificates do not lead to each other",
          "the certificate itself first, then each one's issuer");
    }
  }

  /** Of the key of this side's certificate, such as EC. */
  String keyType() {
    return certificates(TlsSettings.CERTIFICATE).get(0).getPublicKey().getAlgorithm();
  }

  private void checkAlone(Setting<String> one, Setting<String> other) {
    if (isUnset(other)) {
      throw refused(one, "stands alone", "tls." + other.key() + " with it");
    }
  }

  /** A peer would refuse it; this side does not, as its clock may be the wrong one. */
  private void warnOfDates(Setting<String> file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      warn(file, certificate, "has expired on " + certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      warn(file, certificate, "is not valid before " + certificate.getNotBefore().toInstant());
    }
  }

  private void warnOfUsage(X509Certificate certificate, Side side) {
    List<String> usages;
    try {
      usages = certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      return; // the peers' to judge
    }
    if (usages != null && !usages.contains(side.usage) && !usages.contains(ANY_USAGE)) {
      warn(
          TlsSettings.CERTIFICATE,
          certificate,
          String.format(
              "is not for a %1$s to show: its extendedKeyUsage lacks %1$sAuth",
              side.name().toLowerCase(Locale.ROOT)));
    }
  }

  private void warn(Setting<String> file, X509Certificate certificate, String what) {
    LOG.warn(
        "{}: tls.{}: {}: {} {}",
        owner,
        file.key(),
        settings.get(file),
        certificate.getSubjectX500Principal(),
        what);
  }

  /** Trusts the CAs that a file names; if none is set, the system's. */
  TrustManager[] trust(Setting<String> file) {
    try {
      KeyStore store = null;
      if (!isUnset(file)) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate each : certificates(file)) {
          warnOfDates(file, each);
          store.setCertificateEntry("ca-" + store.size(), each);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return new TrustManager[] {ValidNow.of(factory)};
    } catch (GeneralSecurityException | IOException e) {
      throw refused(file, String.valueOf(e.getMessage()), "certificates in PEM");
    }
  }

  private boolean isUnset(Setting<String> file) {
    return settings.get(file).isEmpty();
  }

  private List<X509Certificate> certificates(Setting<String> file) {
    String blocks =
        CERTIFICATE_BLOCK
            .matcher(read(file, "a file in PEM"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    if (blocks.isEmpty()) {
      throw refused(file, "no certificate there", "certificates in PEM");
    }
    try {
      return PemUtils.parseCertificate(blocks);
    } catch (RuntimeException e) {
      throw refused(file, "a certificate there is spoilt", "certificates in PEM");
    }
  }

  private PrivateKey key() {
    Matcher block = KEY_BLOCK.matcher(read(TlsSettings.KEY, "a file in PEM"));
    if (!block.find()) {
      throw noKey("no private key there");
    }
    String text = block.group();
    boolean encrypted = ENCRYPTED.matcher(text).find();
    String password = password();
    if (encrypted && password.isEmpty()) {
      throw refused(TlsSettings.KEY, "it has a password", "key-password or key-password-file");
    }
    try {
      return encrypted
          ? PemUtils.parsePrivateKey(text, password.toCharArray())
          : PemUtils.parsePrivateKey(text);
    } catch (RuntimeException e) {
      if (encrypted && isOfUnknownEncryption(e)) {
        throw refused(
            TlsSettings.KEY,
            "its encryption is not known here",
            "AES or 3DES, as openssl pkcs8 -topk8 -v2 aes-256-cbc writes");
      }
      throw encrypted ? wrongPassword() : noKey("it is spoilt");
    }
  }

  /** What is known does not open to a wrong password: that spoils a padding, or what is in it. */
  private static boolean isOfUnknownEncryption(RuntimeException failure) {
    for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
      if (each instanceof IllegalStateException
          || each instanceof ClassCastException
          || each instanceof NoSuchAlgorithmException
          || String.valueOf(each.getMessage()).contains("unknown encryption")) {
        return true;
      }
    }
    return false;
  }

  private IllegalArgumentException wrongPassword() {
    String why = "does not open " + settings.get(TlsSettings.KEY);
    String expected = "the key's password";
    return isUnset(TlsSettings.KEY_PASSWORD_FILE)
        ? new IllegalArgumentException(
            String.format(
                "tls.%s: it %s (expected: %s)", TlsSettings.KEY_PASSWORD.key(), why, expected))
        : refused(TlsSettings.KEY_PASSWORD_FILE, why, expected);
  }

  private IllegalArgumentException noKey(String why) {
    return refused(TlsSettings.KEY, why, "a private key in PEM: PKCS#8, PKCS#1 or EC");
  }

  private String password() {
    String password = settings.get(TlsSettings.KEY_PASSWORD);
    Setting<String> file = TlsSettings.KEY_PASSWORD_FILE;
    if (isUnset(file)) {
      return password;
    }
    if (!password.isEmpty()) {
      throw refused(file, "with key-password too", "one of them");
    }
    return read(file, "a file whose first line is the password").lines().findFirst().orElse("");
  }

  private String read(Setting<String> file, String expected) {
    try (InputStream in = Files.newInputStream(Path.of(settings.get(file)))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw refused(file, "too long", "at most " + MOST_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException | InvalidPathException e) {
      throw refused(file, "cannot be read: " + why(e), expected);
    }
  }

  /** What tells a changed file: what it holds, as a hash; a pipe gives that once only. */
  static String mark(Path file) throws IOException, GeneralSecurityException {
    if (!Files.isRegularFile(file)) {
      return String.valueOf(Files.getLastModifiedTime(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(in.readNBytes(MOST_BYTES + 1));
      return HexFormat.of().formatHex(hash);
    }
  }

  private static String why(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  /** Signs something: a key of another certificate would fail each handshake only. */
  private void checkPair(PublicKey certified, PrivateKey key) {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm(); // Ed25519, RSASSA-PSS
        };
    boolean pair;
    try {
      byte[] text = new byte[32];
      new SecureRandom().nextBytes(text);
      Signature signature = Signature.getInstance(algorithm);
      if (certified instanceof RSAKey rsa && algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(rsa.getParams() == null ? PSS : rsa.getParams());
      }
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      pair = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      pair = false;
    }
    if (!pair) {
      throw refused(
          TlsSettings.KEY,
          "it is not the key of " + settings.get(TlsSettings.CERTIFICATE),
          "the certificate's own key");
    }
  }

  private IllegalArgumentException refused(Setting<String> file, String why, String expected) {
    return new IllegalArgumentException(
        String.format(
            "tls.%s: %s: %s (expected: %s)", file.key(), settings.get(file), why, expected));
  }
}
