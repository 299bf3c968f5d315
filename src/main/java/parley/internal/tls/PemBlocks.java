package parley.internal.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.CertificateTrustBlock;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;
import parley.protocol.Protocol.Side;
import parley.protocol.Setting;
import parley.tls.TlsConfig;

/**
 * Reads the content of PEM files with Bouncy Castle. Its provider is used only here: the JVM's list
 * of providers does not change.
 */
final class PemBlocks {

  /** A PEM block. A file may have other blocks too, such as EC PARAMETERS, which are skipped. */
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-[^-]+)*)-----END \\1-----");

  /**
   * The converter for keys. The JDK has a KeyFactory for "EC", but not for Bouncy Castle's name of
   * it.
   */
  private static final JcaPEMKeyConverter KEYS =
      new JcaPEMKeyConverter().setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC");

  private PemBlocks() {}

  /** Returns the content of the blocks with some labels, as Bouncy Castle's objects. */
  private static List<Object> read(String text, String labels, int most) throws IOException {
    List<Object> read = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (read.size() < most && block.find()) {
      String label = block.group(1);
      if (label.matches(labels)) {
        String lines =
            String.format("-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----", label, block.group(2));
        try (PEMParser parser = new PEMParser(new StringReader(lines))) {
          read.add(parser.readObject());
        }
      }
    }
    return read;
  }

  /**
   * Returns the certificates of a file, also in the format of {@code openssl x509 -trustout}.
   *
   * @param shownBy the side for whose certificates the file's trust settings must trust them; null
   *     if no trust is needed
   */
  static List<X509Certificate> certificates(
      PemFiles files, Setting<String> file, @Nullable Side shownBy) {
    String text = files.read(file, "a file in PEM");
    List<X509Certificate> certificates = new ArrayList<>();
    boolean areTrusted = true;
    try {
      for (Object each : read(text, "((X509|TRUSTED) )?CERTIFICATE", Integer.MAX_VALUE)) {
        X509TrustedCertificateBlock trust =
            each instanceof X509TrustedCertificateBlock block ? block : null;
        X509CertificateHolder holder =
            trust == null ? (X509CertificateHolder) each : trust.getCertificateHolder();
        certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        areTrusted &= shownBy == null || trust == null || allows(trust.getTrustBlock(), shownBy);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw files.refused(file, "a certificate in it is damaged", "certificates in PEM");
    }
    if (certificates.isEmpty()) {
      throw files.refused(file, "no certificate in it", "certificates in PEM");
    }
    if (!areTrusted) {
      String use = shownBy == Side.SERVER ? "serverAuth" : "clientAuth";
      throw files.refused(
          file,
          "its trust settings leave a certificate in it untrusted for " + use,
          "trust for " + use + ", or no trust settings");
    }
    return certificates;
  }

  /**
   * Returns whether trust settings, as written by {@code -addtrust} and {@code -addreject}, allow a
   * use.
   */
  private static boolean allows(@Nullable CertificateTrustBlock trust, Side shownBy) {
    KeyPurposeId use =
        shownBy == Side.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
    return trust == null
        || ((trust.getUses().isEmpty() || isAmong(trust.getUses(), use))
            && !isAmong(trust.getProhibitions(), use));
  }

  private static boolean isAmong(Set<?> uses, KeyPurposeId use) {
    return uses.contains(use.toOID()) || uses.contains(KeyPurposeId.anyExtendedKeyUsage.toOID());
  }

  /** Returns the private key of a block {@code tls}, decrypted with its password if it has one. */
  static PrivateKey key(PemFiles files) {
    String text = files.read(TlsConfig.KEY, "a file in PEM");
    String password = files.password();
    Object key;
    try {
      List<Object> keys = read(text, "([A-Z]+ )*PRIVATE KEY", 1);
      key = keys.isEmpty() ? null : keys.get(0);
    } catch (IOException | RuntimeException e) {
      throw noKey(files, "it is damaged");
    }
    if (key == null) {
      throw noKey(files, "no private key in it");
    }
    boolean encrypted =
        key instanceof PKCS8EncryptedPrivateKeyInfo || key instanceof PEMEncryptedKeyPair;
    if (encrypted && password.isEmpty()) {
      throw files.refused(TlsConfig.KEY, "it has a password", "key-password or key-password-file");
    }
    try {
      return KEYS.getPrivateKey(info(key, password.toCharArray()));
    } catch (Exception e) {
      if (encrypted && isOfUnknownEncryption(e)) {
        throw files.refused(
            TlsConfig.KEY,
            "its encryption is unknown",
            "AES or 3DES, as openssl pkcs8 -topk8 -v2 aes-256-cbc writes");
      }
      throw encrypted ? files.wrongPassword() : noKey(files, "it is damaged");
    }
  }

  private static PrivateKeyInfo info(Object key, char[] password) throws Exception {
    Provider provider = new BouncyCastleProvider();
    if (key instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
      return encrypted.decryptPrivateKeyInfo(
          new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider(provider).build(password));
    }
    if (key instanceof PEMEncryptedKeyPair encrypted) {
      return encrypted
          .decryptKeyPair(
              new JcePEMDecryptorProviderBuilder().setProvider(provider).build(password))
          .getPrivateKeyInfo();
    }
    return key instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) key;
  }

  /**
   * Returns whether the encryption is unknown. Otherwise the password is wrong: the padding or the
   * decrypted data is invalid.
   */
  private static boolean isOfUnknownEncryption(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof IllegalStateException
          || each instanceof ClassCastException
          || each instanceof NoSuchAlgorithmException
          || String.valueOf(each.getMessage()).contains("unknown encryption")) {
        return true;
      }
    }
    return false;
  }

  private static IllegalArgumentException noKey(PemFiles files, String why) {
    return files.refused(TlsConfig.KEY, why, "a private key in PEM: PKCS#8, PKCS#1 or EC");
  }
}
