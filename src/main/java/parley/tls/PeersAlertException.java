package parley.tls;

import javax.net.ssl.SSLException;

/** Says that the peer has refused the handshake, and how. */
final class PeersAlertException extends SSLException {

  private static final long serialVersionUID = 1;

  PeersAlertException(String description) {
    super(description);
  }
}
