package parley.tls;

import javax.net.ssl.SSLException;

/** Says that the peer has refused the handshake, or ended it; the message is the reason. */
final class PeersAlertException extends SSLException {

  private static final long serialVersionUID = 1;

  PeersAlertException(String reason) {
    super(reason);
  }
}
