package parley.internal.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts like the JDK's trust manager, but only while the certificates of the peer and of its CA
 * are valid. The JDK does not check the dates of a trusted certificate (RFC 5280, 6.1), a CA or a
 * pinned one. The peer's own dates are checked first, so that they are the reported reason. A
 * server's name must be in its subjectAltName.
 */
final class PeerTrust extends X509ExtendedTrustManager {

  /** Trusts any server and any name, for {@code insecure}. */
  static final TrustManager ANY = new PeerTrust(null);

  private static final Integer DNS_NAME = 2; // RFC 5280, 4.2.1.6

  private final @Nullable X509ExtendedTrustManager trust;

  private PeerTrust(@Nullable X509ExtendedTrustManager trust) {
    this.trust = trust;
  }

  /** Returns a trust manager for the certificates of a store; null for the system's. */
  static TrustManager of(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return new PeerTrust((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
  }

  /** The check of the JDK's trust manager. */
  private interface Check {
    void run(X509ExtendedTrustManager trust) throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check check) throws CertificateException {
    if (trust == null) {
      return;
    }
    if (chain.length > 0) {
      chain[0].checkValidity();
    }
    check.run(trust);
    for (X509Certificate each : chain) {
      each.checkValidity();
    }
    checkAnchor(trust.getAcceptedIssuers(), chain[chain.length - 1]);
  }

  /** Checks that one anchor is valid: a CA may have several certificates. */
  private static void checkAnchor(X509Certificate[] anchors, X509Certificate last)
      throws CertificateException {
    CertificateException failure = null;
    for (X509Certificate each : anchors) {
      if (each.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
        try {
          each.checkValidity();
          return;
        } catch (CertificateException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Checks that the certificate has names. Otherwise the JDK checks the subject's CN, which RFC
   * 9525 does not allow.
   */
  private static void checkNamesHosts(X509Certificate server) throws CertificateException {
    Collection<List<?>> names = server.getSubjectAlternativeNames();
    if (names == null || names.stream().noneMatch(each -> each.get(0).equals(DNS_NAME))) {
      throw new CertificateException(
          TlsFault.NAMES_NO_HOST
              + (names == null
                  ? "it has no subjectAltName"
                  : "its subjectAltName has no DNS name"));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, jdk -> jdk.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, jdk -> jdk.checkServerTrusted(chain, type, engine));
    if (trust != null && TlsContext.isName(engine.getPeerHost())) {
      checkNamesHosts(chain[0]);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, jdk -> jdk.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, jdk -> jdk.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, jdk -> jdk.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, jdk -> jdk.checkServerTrusted(chain, type));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust == null ? new X509Certificate[0] : trust.getAcceptedIssuers();
  }
}
