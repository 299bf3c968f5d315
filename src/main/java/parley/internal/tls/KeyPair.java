package parley.internal.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import parley.tls.TlsConfig;

/** Checks a key and its certificate. */
final class KeyPair {

  /** What is expected of a file with several certificates. */
  static final String IN_ORDER = "the certificate itself first, then each one's issuer";

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private KeyPair() {}

  /**
   * Checks that a key is that of a chain's first certificate, and that TLS can sign with it.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(PemFiles files, List<X509Certificate> chain, PrivateKey key) {
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
              "in the wrong order: the key's certificate is number %d of %d there",
              at + 1, chain.size()),
          IN_ORDER);
    }
    if (!signs(chain.get(0).getPublicKey())) {
      throw files.refused(
          TlsConfig.CERTIFICATE,
          "its RSASSA-PSS key is restricted to what TLS does not sign by here",
          "SHA-256, also for the mask, with a salt of at most 32 bytes, or no restriction");
    }
  }

  /**
   * Whether TLS can sign with the key: not with an RSASSA-PSS key that its certificate restricts to
   * another hash than SHA-256, of the text or of the mask, or to a longer salt. The JDK's TLS signs
   * by the first way that the peer takes, which is SHA-256, and the peer then refuses it (seen on
   * JDK 17 with OpenSSL 3).
   */
  private static boolean signs(PublicKey certified) {
    return !(certified instanceof RSAKey rsa)
        || !(rsa.getParams() instanceof PSSParameterSpec restriction)
        || (restriction.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getMGFParameters() instanceof MGF1ParameterSpec mask
            && mask.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getSaltLength() <= PSS.getSaltLength());
  }

  /** Signs something: a key of another certificate would fail each handshake only. */
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
}
