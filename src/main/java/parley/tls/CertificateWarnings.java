package parley.tls;

import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * Warns of certificates that peers refuse, or some of them. This side takes them: its clock may be
 * the wrong one, and its peers may be set otherwise.
 */
final class CertificateWarnings {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWarnings.class);

  private static final String ANY_USAGE = "2.5.29.37.0";

  /** Shorter RSA keys are refused by OpenSSL where its security level is 2, as on Debian. */
  private static final int LEAST_RSA_BITS = 2048;

  /** Refused by OpenSSL 3 from security level 1 on, its default. */
  private static final Pattern WEAK_HASH = Pattern.compile("(?i)(MD2|MD5|SHA-?1)with.*");

  /** The JDK's jdk.tls.maxHandshakeMessageSize. */
  private static final int MOST_BYTES = 32_768;

  /** The bytes of TLS 1.3 around all certificates, and around each (RFC 8446, 4.4.2). */
  private static final int LIST_BYTES = 4;

  private static final int ENTRY_BYTES = 5;

  private final String owner;
  private final Settings settings;
  private final Pem.Side side;

  /**
   * Warnings for one block {@code tls}.
   *
   * @param owner whose block it is, for the log
   */
  CertificateWarnings(String owner, Settings settings, Pem.Side side) {
    this.owner = owner;
    this.settings = settings;
    this.side = side;
  }

  /** Of this side's certificate and those that lead to its CA. */
  void ofChain(List<X509Certificate> chain) {
    chain.forEach(each -> ofDates(TlsSettings.CERTIFICATE, each));
    ofUsage(chain.get(0));
    chain.forEach(this::ofStrength);
    ofLength(chain);
  }

  void ofDates(Setting<String> file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      warn(file, certificate, "has expired on " + certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      warn(file, certificate, "is not valid before " + certificate.getNotBefore().toInstant());
    }
  }

  private void ofUsage(X509Certificate certificate) {
    List<String> usages;
    try {
      usages = certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      return; // the peers' to judge
    }
    if (usages != null && !usages.contains(side.usage()) && !usages.contains(ANY_USAGE)) {
      warn(
          TlsSettings.CERTIFICATE,
          certificate,
          String.format(
              "is not for a %1$s to show: its extendedKeyUsage lacks %1$sAuth",
              side.name().toLowerCase(Locale.ROOT)));
    }
  }

  private void ofStrength(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      warn(
          TlsSettings.CERTIFICATE,
          certificate,
          String.format(
              "has an RSA key of %d bits, which many peers refuse (expected: %d or more)",
              rsa.getModulus().bitLength(), LEAST_RSA_BITS));
    }
    String signature = certificate.getSigAlgName();
    if (!isRoot(certificate) && WEAK_HASH.matcher(signature).matches()) {
      warn(
          TlsSettings.CERTIFICATE,
          certificate,
          "is signed by " + signature + ", which many peers refuse (expected: SHA-256 or more)");
    }
  }

  /** Nobody checks the signature of a certificate that must be trusted by itself. */
  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void ofLength(List<X509Certificate> chain) {
    if (chain.size() > side.mostCertificates()) {
      warn(
          String.format(
              "%d certificates, but peers on a JDK take at most %d by default",
              chain.size(), side.mostCertificates()));
    }
    int bytes = LIST_BYTES;
    for (X509Certificate each : chain) {
      try {
        bytes += each.getEncoded().length + ENTRY_BYTES;
      } catch (CertificateEncodingException e) {
        return; // it was read from its encoding
      }
    }
    if (bytes > MOST_BYTES) {
      warn(
          String.format(
              "certificates of %d bytes, but peers on a JDK take at most %d by default",
              bytes, MOST_BYTES));
    }
  }

  private void warn(String what) {
    LOG.warn(
        "{}: tls.{}: {}: {}",
        owner,
        TlsSettings.CERTIFICATE.key(),
        settings.get(TlsSettings.CERTIFICATE),
        what);
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
}
