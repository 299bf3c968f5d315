package parley.internal.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
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
 * Checks this side's certificates and their key. A combination that cannot work is rejected.
 * Certificates that all or some peers refuse cause a warning in the log: this side's clock may be
 * wrong, and its peers may be configured differently.
 */
final class CertificateChecks {

  /** The expected order of several certificates in a file. */
  static final String IN_ORDER = "the certificate itself first, then each one's issuer";

  private static final Logger LOG = LoggerFactory.getLogger(CertificateChecks.class);

  private static final String REFUSED = ", which many peers refuse (expected: ";
  private static final String ANY_USAGE = "2.5.29.37.0"; // RFC 5280, 4.2.1.12
  private static final String SERVER_USAGE = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_USAGE = "1.3.6.1.5.5.7.3.2";

  /** The minimum RSA key; OpenSSL refuses shorter ones at security level 2, as on Debian. */
  private static final int LEAST_RSA_BITS = 2048;

  /** Hashes that OpenSSL 3 refuses from security level 1 on, its default. */
  private static final Pattern WEAK_HASH = Pattern.compile("(?i)(MD2|MD5|SHA-?1)with.*");

  /** The JDK's jdk.tls.client.maxInboundCertificateChainLength and jdk.tls.server... */
  private static final int MOST_OF_SERVER = 10;

  private static final int MOST_OF_CLIENT = 8;

  /** The JDK's jdk.tls.maxHandshakeMessageSize. */
  private static final int MOST_BYTES = 32_768;

  /** The bytes of TLS 1.3 around all certificates, and around each (RFC 8446, 4.4.2). */
  private static final int LIST_BYTES = 4;

  private static final int ENTRY_BYTES = 5;

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final String owner;
  private final PemFiles files;
  private final boolean isOfServer;

  /**
   * Creates the checks for one block {@code tls}.
   *
   * @param owner the owner of the block, for the log
   */
  CertificateChecks(String owner, PemFiles files, Side side) {
    this.owner = owner;
    this.files = files;
    isOfServer = side == Side.SERVER;
  }

  /**
   * Checks a key, its certificate and the intermediate certificates.
   *
   * @throws IllegalArgumentException if the key does not belong to the first certificate, or TLS
   *     cannot sign with it
   */
  void check(List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
    checkKey(chain, key);
    chain.forEach(each -> checkDates(TlsConfig.CERTIFICATE, each));
    checkUsage(chain.get(0));
    chain.forEach(this::checkStrength);
    checkLength(
        chain.size() + " certificates", chain.size(), isOfServer ? MOST_OF_SERVER : MOST_OF_CLIENT);
    int bytes = LIST_BYTES;
    for (X509Certificate each : chain) {
      bytes += each.getEncoded().length + ENTRY_BYTES;
    }
    checkLength("certificates of " + bytes + " bytes", bytes, MOST_BYTES);
  }

  private void checkKey(List<X509Certificate> chain, PrivateKey key) {
    int at = 0;
    while (at < chain.size() && !fits(chain.get(at).getPublicKey(), key)) {
      at++;
    }
    if (at == chain.size()) {
      String why = "it is not the key of " + files.get(TlsConfig.CERTIFICATE);
      throw files.refused(TlsConfig.KEY, why, "the certificate's own key");
    }
    if (at > 0) {
      throw files.refused(
          TlsConfig.CERTIFICATE,
          String.format(
              "in the wrong order: the key's certificate is number %d of %d in it",
              at + 1, chain.size()),
          IN_ORDER);
    }
    if (!signs(chain.get(0).getPublicKey())) {
      throw files.refused(
          TlsConfig.CERTIFICATE,
          "its RSASSA-PSS key has a restriction that TLS cannot sign with",
          "SHA-256, also for the mask, with a salt of at most 32 bytes, or no restriction");
    }
  }

  /**
   * Returns whether TLS can sign with the key. It cannot with an RSASSA-PSS key whose certificate
   * restricts it to another hash than SHA-256, of the text or of the mask, or to a longer salt. The
   * JDK's TLS signs with the first algorithm that the peer accepts, which is SHA-256, and the peer
   * then refuses the signature (seen on JDK 17 with OpenSSL 3).
   */
  private static boolean signs(PublicKey certified) {
    return !(certified instanceof RSAKey rsa)
        || !(rsa.getParams() instanceof PSSParameterSpec restriction)
        || (restriction.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getMGFParameters() instanceof MGF1ParameterSpec mask
            && mask.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getSaltLength() <= PSS.getSaltLength());
  }

  /**
   * Returns whether a key belongs to a certificate, by a test signature. Otherwise only the
   * handshakes would fail.
   */
  private static boolean fits(PublicKey certified, PrivateKey key) {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm(); // Ed25519, RSASSA-PSS
        };
    try {
      byte[] text = new byte[32];
      Signature signature = Signature.getInstance(algorithm);
      if (certified instanceof RSAKey rsa && algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(rsa.getParams() == null ? PSS : rsa.getParams());
      }
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void checkLength(String what, int count, int most) {
    if (count > most) {
      warn(
          TlsConfig.CERTIFICATE,
          what + ", but peers on a JDK take at most " + most + " by default");
    }
  }

  void checkDates(Setting<String> file, X509Certificate certificate) {
    Instant now = Instant.now();
    Instant first = certificate.getNotBefore().toInstant();
    Instant last = certificate.getNotAfter().toInstant();
    if (now.isAfter(last)) {
      warn(file, certificate, "expired on " + last);
    } else if (now.isBefore(first)) {
      warn(file, certificate, "is not valid before " + first);
    }
  }

  private void checkUsage(X509Certificate certificate) throws CertificateParsingException {
    String side = isOfServer ? "server" : "client";
    String usage = isOfServer ? SERVER_USAGE : CLIENT_USAGE;
    List<String> usages = certificate.getExtendedKeyUsage();
    if (usages != null && Collections.disjoint(usages, List.of(usage, ANY_USAGE))) {
      String what =
          "is not a " + side + " certificate: its extendedKeyUsage lacks " + side + "Auth";
      warn(TlsConfig.CERTIFICATE, certificate, what);
    }
  }

  private void checkStrength(X509Certificate certificate) {
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

  /**
   * Returns whether a certificate is a root. Peers must trust a root itself, and do not check its
   * signature.
   */
  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void warn(Setting<String> file, X509Certificate certificate, String what) {
    warn(file, certificate.getSubjectX500Principal() + " " + what);
  }

  private void warn(Setting<String> file, String what) {
    LOG.warn(
        "TLS certificate may be rejected: owner=\"{}\" key=tls.{} file=\"{}\" cause=\"{}\"",
        owner,
        file.key(),
        files.get(file),
        what);
  }
}
