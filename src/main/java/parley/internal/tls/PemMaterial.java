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
import parley.tls.TlsConfig;

/** Builds the SSLContext of a block {@code tls} from the current content of its PEM files. */
final class PemMaterial {

  private static final char[] NO_PASSWORD = {};
  private static final String LIBRARY = "org.bouncycastle:bcpkix-jdk18on:1.84";

  private final PemFiles files;
  private final Side side;
  private final HandshakeParameters spoken;
  private final CertificateChecks checks;

  PemMaterial(String owner, PemFiles files, Side side, HandshakeParameters spoken) {
    this.files = files;
    this.side = side;
    this.spoken = spoken;
    checks = new CertificateChecks(owner, files, side);
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException if a file is invalid
   */
  SSLContext read() {
    checkSettings(files, side);
    checkLibrary();
    try {
      List<X509Certificate> chain =
          files.isUnset(TlsConfig.CERTIFICATE)
              ? List.of()
              : PemBlocks.certificates(files, TlsConfig.CERTIFICATE, null);
      SSLContext read = SSLContext.getInstance("TLS");
      read.init(chain.isEmpty() ? null : keys(chain), trust(), null);
      if (side == Side.SERVER) {
        checkKey(read, chain.get(0));
      }
      return read;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("tls: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that all required files are named, and no others; reads none.
   *
   * @throws IllegalArgumentException if the settings contradict each other
   */
  static void checkSettings(PemFiles files, Side side) {
    boolean noKey = files.isUnset(TlsConfig.KEY);
    boolean noCertificate = files.isUnset(TlsConfig.CERTIFICATE);
    if (side == Side.SERVER) {
      checkClientAuth(files);
      check(
          !noKey || !noCertificate,
          "certificate is missing (expected: a file, as the endpoint is tls://)");
    } else {
      check(
          !files.get(TlsConfig.INSECURE) || files.isUnset(TlsConfig.CA),
          "insecure with a ca (expected: one of them)");
    }
    if (noKey != noCertificate) {
      Setting<String> alone = noKey ? TlsConfig.CERTIFICATE : TlsConfig.KEY;
      Setting<String> other = noKey ? TlsConfig.KEY : TlsConfig.CERTIFICATE;
      throw files.refused(alone, "stands alone", "tls." + other.key() + " with it");
    }
  }

  private static void checkClientAuth(PemFiles files) {
    boolean noCa = files.isUnset(TlsConfig.CLIENT_CA);
    String auth = files.get(TlsConfig.CLIENT_AUTH);
    check(
        noCa || !auth.equals("none"),
        "client-ca is set (expected: client-auth want or need with it)");
    check(
        !noCa || auth.equals("none"),
        "client-ca is missing (expected: a file, as client-auth is " + auth + ")");
  }

  private static void check(boolean isAllowed, String what) {
    if (!isAllowed) {
      throw new IllegalArgumentException("tls." + what);
    }
  }

  /** Checks that the library is there. No class of it is loaded before a PEM file is read. */
  private void checkLibrary() {
    List<Setting<?>> named = files.named();
    try {
      if (!named.isEmpty()) {
        Class.forName("org.bouncycastle.openssl.PEMParser", false, getClass().getClassLoader());
      }
    } catch (ClassNotFoundException | LinkageError e) {
      throw files.refused(
          named.get(0),
          "PEM cannot be read without " + LIBRARY,
          "that artifact on the class path, or TlsConfig.of with an SSLContext of your own");
    }
  }

  private KeyManager[] keys(List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    PrivateKey key = PemBlocks.key(files);
    checks.check(chain, key);
    KeyStore store = store();
    try {
      store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    } catch (KeyStoreException e) {
      throw files.refused(
          TlsConfig.CERTIFICATE,
          "its certificates do not form a chain",
          CertificateChecks.IN_ORDER);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Checks that a version and a cipher fit a listener's kind of key. */
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

  /**
   * Returns a trust manager for the CAs in a file; if none is set, a client trusts the system's.
   */
  private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException {
    Setting<String> file = side == Side.SERVER ? TlsConfig.CLIENT_CA : TlsConfig.CA;
    if (side == Side.CLIENT && files.get(TlsConfig.INSECURE)) {
      return new TrustManager[] {PeerTrust.ANY};
    }
    if (files.isUnset(
        file)) { // the server requests no certificate then: the system's CAs may be unreadable
      return side == Side.SERVER ? null : new TrustManager[] {PeerTrust.of(null)};
    }
    Side peer = side == Side.SERVER ? Side.CLIENT : Side.SERVER;
    try {
      KeyStore store = store();
      for (X509Certificate each : PemBlocks.certificates(files, file, peer)) {
        checks.checkDates(file, each);
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
