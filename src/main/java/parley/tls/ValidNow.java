package parley.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts whom another trust manager does, while their certificates and that of their CA are valid.
 * The JDK's looks at no date of what it was told to trust (RFC 5280, 6.1), be it a CA or a pinned
 * certificate. The peer's own dates come first: they are the reason to be told. A server that is
 * called by a name has it in its subjectAltName.
 */
final class ValidNow extends X509ExtendedTrustManager {

  private static final Integer DNS_NAME = 2; // RFC 5280, 4.2.1.6

  private final X509ExtendedTrustManager trust;

  private ValidNow(X509ExtendedTrustManager trust) {
    this.trust = trust;
  }

  static ValidNow of(TrustManagerFactory factory) {
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(each -> new ValidNow((X509ExtendedTrustManager) each))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no trust manager of this JVM's knows X.509"));
  }

  /** The other trust manager's check. */
  private interface Check {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check check) throws CertificateException {
    if (chain.length > 0) {
      chain[0].checkValidity();
    }
    check.run();
    for (X509Certificate each : chain) {
      each.checkValidity();
    }
    checkAnchor(chain[chain.length - 1]);
  }

  /** One that is valid is enough: a CA may have several certificates. */
  private void checkAnchor(X509Certificate last) throws CertificateException {
    List<X509Certificate> anchors =
        Arrays.stream(trust.getAcceptedIssuers())
            .filter(each -> each.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
            .toList();
    CertificateException failure = null;
    for (X509Certificate each : anchors) {
      try {
        each.checkValidity();
        return;
      } catch (CertificateException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * The JDK's takes the subject's CN in the place of names that are not there; RFC 9525 does not.
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
    check(chain, () -> trust.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> trust.checkServerTrusted(chain, type, engine));
    if (TlsContext.isName(engine.getPeerHost())) {
      checkNamesHosts(chain[0]);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> trust.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> trust.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> trust.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> trust.checkServerTrusted(chain, type));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
