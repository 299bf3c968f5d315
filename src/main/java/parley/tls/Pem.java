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
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
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

  private Pem() {}

  /** The certificate and key of this side, or null if none are set. */
  static KeyManager @Nullable [] keys(Settings settings) {
    if (isUnset(settings, TlsSettings.CERTIFICATE) && isUnset(settings, TlsSettings.KEY)) {
      return null;
    }
    checkAlone(settings, TlsSettings.CERTIFICATE, TlsSettings.KEY);
    checkAlone(settings, TlsSettings.KEY, TlsSettings.CERTIFICATE);
    List<X509Certificate> chain = certificates(settings, TlsSettings.CERTIFICATE);
    chain.forEach(each -> warnOfDates(settings, TlsSettings.CERTIFICATE, each));
    PrivateKey key = key(settings);
    checkPair(settings, chain.get(0).getPublicKey(), key);
    try {
      return new KeyManager[] {
        KeyManagerUtils.createKeyManager(key, chain.toArray(X509Certificate[]::new))
      };
    } catch (RuntimeException e) {
      throw refused(
          settings,
          TlsSettings.CERTIFICATE,
          "its certificates do not lead to each other",
          "the certificate itself first, then each one's issuer");
    }
  }

  private static void checkAlone(Settings settings, Setting<String> one, Setting<String> other) {
    if (isUnset(settings, other)) {
      throw refused(settings, one, "stands alone", "tls." + other.key() + " with it");
    }
  }

  /** A peer would refuse it; this side does not, as its clock may be the wrong one. */
  private static void warnOfDates(
      Settings settings, Setting<String> file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      LOG.warn(
          "tls.{}: {}: {} has expired on {}",
          file.key(),
          settings.get(file),
          certificate.getSubjectX500Principal(),
          certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      LOG.warn(
          "tls.{}: {}: {} is not valid before {}",
          file.key(),
          settings.get(file),
          certificate.getSubjectX500Principal(),
          certificate.getNotBefore().toInstant());
    }
  }

  /** Trusts the CAs that a file names; if none is set, the system's. */
  static TrustManager[] trust(Settings settings, Setting<String> file) {
    try {
      KeyStore store = null;
      if (!isUnset(settings, file)) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate each : certificates(settings, file)) {
          warnOfDates(settings, file, each);
          store.setCertificateEntry("ca-" + store.size(), each);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return new TrustManager[] {ValidNow.of(factory)};
    } catch (GeneralSecurityException | IOException e) {
      throw refused(settings, file, String.valueOf(e.getMessage()), "certificates in PEM");
    }
  }

  static boolean isUnset(Settings settings, Setting<String> file) {
    return settings.get(file).isEmpty();
  }

  private static List<X509Certificate> certificates(Settings settings, Setting<String> file) {
    String blocks =
        CERTIFICATE_BLOCK
            .matcher(read(settings, file, "a file in PEM"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    if (blocks.isEmpty()) {
      throw refused(settings, file, "no certificate there", "certificates in PEM");
    }
    try {
      return PemUtils.parseCertificate(blocks);
    } catch (RuntimeException e) {
      throw refused(settings, file, "a certificate there is spoilt", "certificates in PEM");
    }
  }

  private static PrivateKey key(Settings settings) {
    Matcher block = KEY_BLOCK.matcher(read(settings, TlsSettings.KEY, "a file in PEM"));
    if (!block.find()) {
      throw noKey(settings, "no private key there");
    }
    String text = block.group();
    boolean encrypted = ENCRYPTED.matcher(text).find();
    String password = password(settings);
    if (encrypted && password.isEmpty()) {
      throw refused(
          settings, TlsSettings.KEY, "it has a password", "key-password or key-password-file");
    }
    try {
      return encrypted
          ? PemUtils.parsePrivateKey(text, password.toCharArray())
          : PemUtils.parsePrivateKey(text);
    } catch (RuntimeException e) {
      throw encrypted ? wrongPassword(settings) : noKey(settings, "it is spoilt");
    }
  }

  private static IllegalArgumentException wrongPassword(Settings settings) {
    String why = "does not open " + settings.get(TlsSettings.KEY);
    String expected = "the key's password, and an encryption that is known here: PBES2 with AES";
    return isUnset(settings, TlsSettings.KEY_PASSWORD_FILE)
        ? new IllegalArgumentException(
            String.format(
                "tls.%s: it %s (expected: %s)", TlsSettings.KEY_PASSWORD.key(), why, expected))
        : refused(settings, TlsSettings.KEY_PASSWORD_FILE, why, expected);
  }

  private static IllegalArgumentException noKey(Settings settings, String why) {
    return refused(settings, TlsSettings.KEY, why, "a private key in PEM: PKCS#8, PKCS#1 or EC");
  }

  private static String password(Settings settings) {
    String password = settings.get(TlsSettings.KEY_PASSWORD);
    Setting<String> file = TlsSettings.KEY_PASSWORD_FILE;
    if (isUnset(settings, file)) {
      return password;
    }
    if (!password.isEmpty()) {
      throw refused(settings, file, "with key-password too", "one of them");
    }
    return read(settings, file, "a file whose first line is the password")
        .lines()
        .findFirst()
        .orElse("");
  }

  private static String read(Settings settings, Setting<String> file, String expected) {
    try (InputStream in = Files.newInputStream(Path.of(settings.get(file)))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw refused(settings, file, "too long", "at most " + MOST_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException | InvalidPathException e) {
      throw refused(settings, file, "cannot be read: " + why(e), expected);
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
  private static void checkPair(Settings settings, PublicKey certified, PrivateKey key) {
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
          settings,
          TlsSettings.KEY,
          "it is not the key of " + settings.get(TlsSettings.CERTIFICATE),
          "the certificate's own key");
    }
  }

  private static IllegalArgumentException refused(
      Settings settings, Setting<String> file, String why, String expected) {
    return new IllegalArgumentException(
        String.format(
            "tls.%s: %s: %s (expected: %s)", file.key(), settings.get(file), why, expected));
  }
}
