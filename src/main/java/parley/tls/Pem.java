package parley.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
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

  private static final Pattern CERTIFICATE_BLOCK =
      Pattern.compile("-----BEGIN ((?:X509 )?CERTIFICATE)-----[^-]*-----END \\1-----");

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
  private final PemFiles files;
  private String keyType = "none";

  /**
   * Of a block's settings.
   *
   * @param owner whose block it is, for the log
   */
  Pem(String owner, Settings settings) {
    this.owner = owner;
    this.settings = settings;
    files = new PemFiles(settings);
  }

  /** The certificate and key of this side, or null if none are set. */
  KeyManager @Nullable [] keys(Side side) {
    if (files.isUnset(TlsSettings.CERTIFICATE) && files.isUnset(TlsSettings.KEY)) {
      return null;
    }
    checkAlone(TlsSettings.CERTIFICATE, TlsSettings.KEY);
    checkAlone(TlsSettings.KEY, TlsSettings.CERTIFICATE);
    List<X509Certificate> chain = certificates(TlsSettings.CERTIFICATE);
    chain.forEach(each -> warnOfDates(TlsSettings.CERTIFICATE, each));
    warnOfUsage(chain.get(0), side);
    keyType = chain.get(0).getPublicKey().getAlgorithm();
    PrivateKey key = new PemKey(settings, files).read();
    if (!KeyPairs.fits(chain.get(0).getPublicKey(), key)) {
      throw files.refused(
          TlsSettings.KEY,
          "it is not the key of " + settings.get(TlsSettings.CERTIFICATE),
          "the certificate's own key");
    }
    if (!KeyPairs.signs(chain.get(0).getPublicKey())) {
      throw files.refused(
          TlsSettings.CERTIFICATE,
          "its RSASSA-PSS key is restricted to what TLS does not sign by here",
          "SHA-256, also for the mask, with a salt of at most 32 bytes, or no restriction");
    }
    try {
      return new KeyManager[] {
        KeyManagerUtils.createKeyManager(key, chain.toArray(X509Certificate[]::new))
      };
    } catch (RuntimeException e) {
      throw files.refused(
          TlsSettings.CERTIFICATE,
          "its certificates do not lead to each other",
          "the certificate itself first, then each one's issuer");
    }
  }

  /** Of the key of this side's certificate, such as EC, once the keys were read. */
  String keyType() {
    return keyType;
  }

  private void checkAlone(Setting<String> one, Setting<String> other) {
    if (files.isUnset(other)) {
      throw files.refused(one, "stands alone", "tls." + other.key() + " with it");
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
      if (!files.isUnset(file)) {
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
      throw files.refused(file, String.valueOf(e.getMessage()), "certificates in PEM");
    }
  }

  private List<X509Certificate> certificates(Setting<String> file) {
    String blocks =
        CERTIFICATE_BLOCK
            .matcher(files.read(file, "a file in PEM"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    if (blocks.isEmpty()) {
      throw files.refused(file, "no certificate there", "certificates in PEM");
    }
    try {
      return PemUtils.parseCertificate(blocks);
    } catch (RuntimeException e) {
      throw files.refused(file, "a certificate there is spoilt", "certificates in PEM");
    }
  }
}
