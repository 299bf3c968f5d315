package parley.internal.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Checks whether a key is that of a certificate, and whether TLS can sign with it. */
final class KeyPair {

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private KeyPair() {}

  /**
   * Whether TLS can sign with the key: not with an RSASSA-PSS key that its certificate restricts to
   * another hash than SHA-256, of the text or of the mask, or to a longer salt. The JDK's TLS signs
   * by the first way that the peer takes, which is SHA-256, and the peer then refuses it (seen on
   * JDK 17 with OpenSSL 3).
   */
  static boolean signs(PublicKey certified) {
    return !(certified instanceof RSAKey rsa)
        || !(rsa.getParams() instanceof PSSParameterSpec restriction)
        || (restriction.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getMGFParameters() instanceof MGF1ParameterSpec mask
            && mask.getDigestAlgorithm().equals(PSS.getDigestAlgorithm())
            && restriction.getSaltLength() <= PSS.getSaltLength());
  }

  /** Signs something: a key of another certificate would fail each handshake only. */
  static boolean fits(PublicKey certified, PrivateKey key) {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm(); // Ed25519, RSASSA-PSS
        };
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
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
