package parley.internal.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocol.Side;
import parley.protocol.Setting;
import parley.tls.TlsConfig;

/**
 * Warns of certificates that all peers refuse, or some of them. This side takes them: its clock may
 * be wrong, and its peers may be set otherwise.
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
  private final PemFiles files;
  private final boolean isOfServer;

  /**
   * Warnings for one block {@code tls}.
   *
   * @param owner whose block it is, for the log
   */
  CertificateWarnings(String owner, PemFiles files, Side side) {
    this.owner = owner;
    this.files = files;
    isOfServer = side == Side.SERVER;
  }

  /** Of this side's certificate and those that lead to its CA. */
  void ofChain(List<X509Certificate> chain) throws GeneralSecurityException {
    chain.forEach(each -> ofDates(TlsConfig.CERTIFICATE, each));
    ofUsage(chain.get(0));
    chain.forEach(this::ofStrength);
    ofLength(
        chain.size() + " certificates", chain.size(), isOfServer ? MOST_OF_SERVER : MOST_OF_CLIENT);
    int bytes = LIST_BYTES;
    for (X509Certificate each : chain) {
      bytes += each.getEncoded().length + ENTRY_BYTES;
    }
    ofLength("certificates of " + bytes + " bytes", bytes, MOST_BYTES);
  }

  private void ofLength(String what, int count, int most) {
    if (count > most) {
      warn(
          TlsConfig.CERTIFICATE,
          what + ", but peers on a JDK take at most " + most + " by default");
    }
  }

  void ofDates(Setting<String> file, X509Certificate certificate) {
    Instant now = Instant.now();
    Instant first = certificate.getNotBefore().toInstant();
    Instant last = certificate.getNotAfter().toInstant();
    if (now.isAfter(last)) {
      warn(file, certificate, "has expired on " + last);
    } else if (now.isBefore(first)) {
      warn(file, certificate, "is not valid before " + first);
    }
  }

  private void ofUsage(X509Certificate certificate) throws CertificateParsingException {
    String side = isOfServer ? "server" : "client";
    String usage = isOfServer ? SERVER_USAGE : CLIENT_USAGE;
    List<String> usages = certificate.getExtendedKeyUsage();
    if (usages != null && Collections.disjoint(usages, List.of(usage, ANY_USAGE))) {
      String what =
          "is not for a " + side + " to show: its extendedKeyUsage lacks " + side + "Auth";
      warn(TlsConfig.CERTIFICATE, certificate, what);
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

  private void warn(Setting<String> file, X509Certificate certificate, String what) {
    warn(file, certificate.getSubjectX500Principal() + " " + what);
  }

  private void warn(Setting<String> file, String what) {
    LOG.warn("{}: tls.{}: {}: {}", owner, file.key(), files.get(file), what);
  }
}
