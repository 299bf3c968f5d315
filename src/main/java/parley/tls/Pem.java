package parley.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import nl.altindag.ssl.util.KeyManagerUtils;
import org.jspecify.annotations.Nullable;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** Reads the PEM files of a block {@code tls}; what is wrong with one names the setting and it. */
final class Pem {

  private static final String IN_ORDER = "the certificate itself first, then each one's issuer";

  /** Those that {@code openssl x509 -trustout} writes too. */
  private static final Pattern CERTIFICATE_BLOCK =
      Pattern.compile("-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \\1-----");

  /**
   * The side that shows a certificate, with its extended key usage (RFC 5280, 4.2.1.12) and how
   * many certificates a peer on a JDK takes by default.
   */
  enum Side {
    SERVER(
        "1.3.6.1.5.5.7.3.1",
        "2b06010505070301",
        10), // jdk.tls.client.maxInboundCertificateChainLength
    CLIENT(
        "1.3.6.1.5.5.7.3.2",
        "2b06010505070302",
        8); // jdk.tls.server.maxInboundCertificateChainLength

    private final String usage;
    private final String derUsage;
    private final int mostCertificates;

    Side(String usage, String derUsage, int mostCertificates) {
      this.usage = usage;
      this.derUsage = derUsage;
      this.mostCertificates = mostCertificates;
    }

    String usage() {
      return usage;
    }

    int mostCertificates() {
      return mostCertificates;
    }
  }

  private final Settings settings;
  private final Side side;
  private final PemFiles files;
  private final CertificateWarnings warnings;
  private String keyType = "none";

  /**
   * Of a block's settings.
   *
   * @param owner whose block it is, for the log
   */
  Pem(String owner, Settings settings, Side side) {
    this.settings = settings;
    this.side = side;
    files = new PemFiles(settings);
    warnings = new CertificateWarnings(owner, settings, side);
  }

  /** Refuses a certificate without a key, and a key without a certificate; reads no file. */
  void checkPair() {
    if (files.isUnset(TlsSettings.CERTIFICATE) != files.isUnset(TlsSettings.KEY)) {
      checkAlone(TlsSettings.CERTIFICATE, TlsSettings.KEY);
      checkAlone(TlsSettings.KEY, TlsSettings.CERTIFICATE);
    }
  }

  /** The certificate and key of this side, or null if none are set. */
  KeyManager @Nullable [] keys() {
    checkPair();
    if (files.isUnset(TlsSettings.CERTIFICATE)) {
      return null;
    }
    List<X509Certificate> chain =
        certificates(TlsSettings.CERTIFICATE, blocks(TlsSettings.CERTIFICATE));
    PrivateKey key = new PemKey(settings, files).read();
    checkFits(chain, key);
    warnings.ofChain(chain);
    keyType = chain.get(0).getPublicKey().getAlgorithm();
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
          TlsSettings.CERTIFICATE, "its certificates do not lead to each other", IN_ORDER);
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

  /** A chain in another order begins with another certificate than the key's. */
  private void checkFits(List<X509Certificate> chain, PrivateKey key) {
    for (int i = 0; i < chain.size(); i++) {
      if (KeyPairs.fits(chain.get(i).getPublicKey(), key)) {
        if (i > 0) {
          throw files.refused(
              TlsSettings.CERTIFICATE,
              String.format(
                  "in the wrong order: the key's certificate is number %d of %d there",
                  i + 1, chain.size()),
              IN_ORDER);
        }
        return;
      }
    }
    throw files.refused(
        TlsSettings.KEY,
        "it is not the key of " + settings.get(TlsSettings.CERTIFICATE),
        "the certificate's own key");
  }

  /** Trusts the CAs that a file names; if none is set, the system's. */
  TrustManager[] trust(Setting<String> file) {
    try {
      KeyStore store = null;
      if (!files.isUnset(file)) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        List<String> blocks = blocks(file);
        List<X509Certificate> certificates = certificates(file, blocks);
        checkTrusted(file, blocks);
        for (X509Certificate each : certificates) {
          warnings.ofDates(file, each);
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

  /** A CA that its file does not trust for the peer's certificates is not trusted here either. */
  private void checkTrusted(Setting<String> file, List<String> blocks) {
    Side peer = side == Side.SERVER ? Side.CLIENT : Side.SERVER;
    for (String block : blocks) {
      if (!TrustSettings.allow(block, peer.derUsage)) {
        String use = peer.name().toLowerCase(Locale.ROOT) + "Auth";
        throw files.refused(
            file,
            "its trust settings leave a certificate there untrusted for " + use,
            "trust for " + use + ", or no trust settings");
      }
    }
  }

  private List<String> blocks(Setting<String> file) {
    List<String> blocks =
        CERTIFICATE_BLOCK
            .matcher(files.read(file, "a file in PEM"))
            .results()
            .map(MatchResult::group)
            .toList();
    if (blocks.isEmpty()) {
      throw files.refused(file, "no certificate there", "certificates in PEM");
    }
    return blocks;
  }

  private List<X509Certificate> certificates(Setting<String> file, List<String> blocks) {
    try {
      return PemUtils.parseCertificate(String.join("\n", blocks));
    } catch (RuntimeException e) {
      throw files.refused(file, "a certificate there is spoilt", "certificates in PEM");
    }
  }
}
