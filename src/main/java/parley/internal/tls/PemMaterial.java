package parley.internal.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import parley.protocol.Protocol.Side;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsConfig;

/** Makes an SSLContext of a block {@code tls}, by what its PEM files hold now. */
final class PemMaterial {

  private static final char[] NO_PASSWORD = {};
  private static final String LIBRARY = "org.bouncycastle:bcpkix-jdk18on:1.84";
  private static final String IN_ORDER = "the certificate itself first, then each one's issuer";

  private final Settings settings;
  private final Side side;
  private final HandshakeParameters spoken;
  private final PemFiles files;
  private final CertificateWarnings warnings;

  PemMaterial(String owner, Settings settings, Side side, HandshakeParameters spoken) {
    this.settings = settings;
    this.side = side;
    this.spoken = spoken;
    files = new PemFiles(settings);
    warnings = new CertificateWarnings(owner, settings, side);
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException if one is not what it should be
   */
  SSLContext read() {
    checkSettings();
    checkLibrary();
    try {
      List<X509Certificate> chain =
          files.isUnset(TlsConfig.CERTIFICATE)
              ? List.of()
              : PemBlocks.certificates(files, TlsConfig.CERTIFICATE, null);
      SSLContext read = SSLContext.getInstance("TLS");
      read.init(chain.isEmpty() ? null : keys(chain), trust(), null);
      spoken.checkSupported(read);
      if (side == Side.SERVER) {
        checkKey(read, chain.get(0));
      }
      return read;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("tls: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that the files that must be named are named, and no others; reads none.
   *
   * @throws IllegalArgumentException if they do not go together
   */
  void checkSettings() {
    boolean noKey = files.isUnset(TlsConfig.KEY);
    boolean noCertificate = files.isUnset(TlsConfig.CERTIFICATE);
    if (side == Side.SERVER) {
      checkClientAuth();
      if (noKey && noCertificate) {
        throw new IllegalArgumentException(
            "tls.certificate is missing (expected: a file, as the endpoint is tls://)");
      }
    } else if (settings.get(TlsConfig.INSECURE) && !files.isUnset(TlsConfig.CA)) {
      throw new IllegalArgumentException("tls.insecure with a ca (expected: one of them)");
    }
    if (noKey != noCertificate) {
      Setting<String> alone = noKey ? TlsConfig.CERTIFICATE : TlsConfig.KEY;
      Setting<String> other = noKey ? TlsConfig.KEY : TlsConfig.CERTIFICATE;
      throw files.refused(alone, "stands alone", "tls." + other.key() + " with it");
    }
  }

  private void checkClientAuth() {
    String clientAuth = settings.get(TlsConfig.CLIENT_AUTH);
    if (files.isUnset(TlsConfig.CLIENT_CA) != clientAuth.equals("none")) {
      throw new IllegalArgumentException(
          clientAuth.equals("none")
              ? "tls.client-ca is set (expected: client-auth want or need with it)"
              : "tls.client-ca is missing (expected: a file, as client-auth is "
                  + clientAuth
                  + ")");
    }
  }

  /** No class of the library is loaded before a file in PEM is to be read. */
  private void checkLibrary() {
    for (Setting<?> each : settings.all().keySet()) {
      if (TlsConfig.FILES.contains(each) && !settings.get(each).equals("")) {
        try {
          Class.forName("org.bouncycastle.openssl.PEMParser", false, getClass().getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
          throw new IllegalArgumentException(
              String.format(
                  "tls.%s: %s: PEM cannot be read without %s (expected: that artifact on the class"
                      + " path, or TlsConfig.of with an SSLContext of your own)",
                  each.key(), settings.get(each), LIBRARY),
              e);
        }
      }
    }
  }

  private KeyManager[] keys(List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    PrivateKey key = PemBlocks.key(files);
    checkFits(chain, key);
    warnings.ofChain(chain);
    if (!KeyPair.signs(chain.get(0).getPublicKey())) {
      throw files.refused(
          TlsConfig.CERTIFICATE,
          "its RSASSA-PSS key is restricted to what TLS does not sign by here",
          "SHA-256, also for the mask, with a salt of at most 32 bytes, or no restriction");
    }
    KeyStore store = store();
    try {
      store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    } catch (KeyStoreException e) {
      throw files.refused(
          TlsConfig.CERTIFICATE, "its certificates do not lead to each other", IN_ORDER);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** A chain in another order begins with another certificate than the key's. */
  private void checkFits(List<X509Certificate> chain, PrivateKey key) {
    for (int i = 0; i < chain.size(); i++) {
      if (KeyPair.fits(chain.get(i).getPublicKey(), key)) {
        if (i > 0) {
          throw files.refused(
              TlsConfig.CERTIFICATE,
              String.format(
                  "in the wrong order: the key's certificate is number %d of %d there",
                  i + 1, chain.size()),
              IN_ORDER);
        }
        return;
      }
    }
    throw files.refused(
        TlsConfig.KEY,
        "it is not the key of " + settings.get(TlsConfig.CERTIFICATE),
        "the certificate's own key");
  }

  /** What is spoken may have nothing for the kind of key that a listener has. */
  private void checkKey(SSLContext read, X509Certificate own) {
    try {
      spoken.tryHandshake(read);
    } catch (SSLException e) {
      String type = own.getPublicKey().getAlgorithm();
      throw files.refused(
          TlsConfig.CERTIFICATE,
          "no handshake is possible with its key, " + type + ", in " + spoken,
          "a version and a cipher for such a key");
    }
  }

  /** The CAs that a file names; if none is set, a client trusts the system's. */
  private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException {
    Setting<String> file = side == Side.SERVER ? TlsConfig.CLIENT_CA : TlsConfig.CA;
    if (side == Side.CLIENT && settings.get(TlsConfig.INSECURE)) {
      return new TrustManager[] {PeerTrust.ANY};
    }
    if (files.isUnset(file)) {
      return side == Side.SERVER ? null : new TrustManager[] {PeerTrust.of(null)};
    }
    Side peer = side == Side.SERVER ? Side.CLIENT : Side.SERVER;
    try {
      KeyStore store = store();
      for (X509Certificate each : PemBlocks.certificates(files, file, peer)) {
        warnings.ofDates(file, each);
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      return new TrustManager[] {PeerTrust.of(store)};
    } catch (GeneralSecurityException | IOException e) {
      throw files.refused(file, String.valueOf(e.getMessage()), "certificates in PEM");
    }
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
