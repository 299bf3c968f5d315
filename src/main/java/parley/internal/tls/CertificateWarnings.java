package parley.internal.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocol.Side;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsConfig;

/**
 * Warns of certificates that peers refuse, or some of them. This side takes them: its clock may be
 * the wrong one, and its peers may be set otherwise.
 */
final class CertificateWarnings {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWarnings.class);

  private static final String REFUSED = ", which many peers refuse (expected: ";
  private static final String ANY_USAGE = "2.5.29.37.0"; // RFC 5280, 4.2.1.12
  private static final String SERVER_USAGE = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_USAGE = "1.3.6.1.5.5.7.3.2";

  /** Shorter RSA keys are refused by OpenSSL where its security level is 2, as on Debian. */
  private static final int LEAST_RSA_BITS = 2048;

  /** Refused by OpenSSL 3 from security level 1 on, its default. */
  private static final Pattern WEAK_HASH = Pattern.compile("(?i)(MD2|MD5|SHA-?1)with.*");

  /** The JDK's jdk.tls.client.maxInboundCertificateChainLength and jdk.tls.server... */
  private static final int MOST_OF_SERVER = 10;

  private static final int MOST_OF_CLIENT = 8;

  /** The JDK's jdk.tls.maxHandshakeMessageSize. */
  private static final int MOST_BYTES = 32_768;

  /** The bytes of TLS 1.3 around all certificates, and around each (RFC 8446, 4.4.2). */
  private static final int LIST_BYTES = 4;

  private static final int ENTRY_BYTES = 5;

  private final String owner;
  private final Settings settings;
  private final Side side;

  /**
   * Warnings for one block {@code tls}.
   *
   * @param owner whose block it is, for the log
   */
  CertificateWarnings(String owner, Settings settings, Side side) {
    this.owner = owner;
    this.settings = settings;
    this.side = side;
  }

  /** Of this side's certificate and those that lead to its CA. */
  void ofChain(List<X509Certificate> chain) throws GeneralSecurityException {
    chain.forEach(each -> ofDates(TlsConfig.CERTIFICATE, each));
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
    String usage = side == Side.SERVER ? SERVER_USAGE : CLIENT_USAGE;
    String name = side == Side.SERVER ? "server" : "client";
    try {
      List<String> usages = certificate.getExtendedKeyUsage();
      if (usages != null && !usages.contains(usage) && !usages.contains(ANY_USAGE)) {
        String what = "is not for a " + name + " to show: its extendedKeyUsage lacks ";
        warn(TlsConfig.CERTIFICATE, certificate, what + name + "Auth");
      }
    } catch (CertificateParsingException e) {
      // the peers' to judge
    }
  }

  private void ofStrength(X509Certificate certificate) {
    if (certificate.getPublicKey() instanceof RSAKey rsa
        && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      String key = "has an RSA key of " + rsa.getModulus().bitLength() + " bits";
      warn(TlsConfig.CERTIFICATE, certificate, key + REFUSED + LEAST_RSA_BITS + " or more)");
    }
    String signature = certificate.getSigAlgName();
    if (!isRoot(certificate) && WEAK_HASH.matcher(signature).matches()) {
      String what = "is signed by " + signature + REFUSED + "SHA-256 or more)";
      warn(TlsConfig.CERTIFICATE, certificate, what);
    }
  }

  /** Nobody checks the signature of a certificate that must be trusted by itself. */
  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void ofLength(List<X509Certificate> chain) throws GeneralSecurityException {
    int most = side == Side.SERVER ? MOST_OF_SERVER : MOST_OF_CLIENT;
    ofLength("%d certificates", chain.size(), most);
    int bytes = LIST_BYTES;
    for (X509Certificate each : chain) {
      bytes += each.getEncoded().length + ENTRY_BYTES;
    }
    ofLength("certificates of %d bytes", bytes, MOST_BYTES);
  }

  private void ofLength(String what, int count, int most) {
    if (count > most) {
      String limit = ", but peers on a JDK take at most " + most + " by default";
      warn(TlsConfig.CERTIFICATE, null, String.format(what, count) + limit);
    }
  }

  private void warn(Setting<String> file, @Nullable X509Certificate certificate, String what) {
    String whose = certificate == null ? "" : certificate.getSubjectX500Principal() + " ";
    LOG.warn("{}: tls.{}: {}: {}{}", owner, file.key(), settings.get(file), whose, what);
  }
}
