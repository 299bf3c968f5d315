package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** SSLContexts as an application makes them, with only the JDK's keytool and KeyStore. */
public final class KeyStores {

  private static final char[] PASSWORD = "secret".toCharArray();

  private KeyStores() {}

  /** Makes a key with a self-signed certificate for localhost and loopback. */
  public static KeyStore make(Path folder, String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Result result =
        Programs.run(
            keytool,
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD),
            "-keystore",
            file.toString());
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  /**
   * Returns a context.
   *
   * @param own the key, or null
   * @param trusted the owner of the trusted certificate, or null for the system's CAs
   */
  public static SSLContext context(KeyStore own, KeyStore trusted) throws Exception {
    KeyManager[] keys = null;
    if (own != null) {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, PASSWORD);
      keys = factory.getKeyManagers();
    }
    KeyStore anchors = null;
    if (trusted != null) {
      anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      String name = trusted.aliases().nextElement();
      anchors.setCertificateEntry(name, trusted.getCertificate(name));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }
}
