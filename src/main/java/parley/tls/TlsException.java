package parley.tls;

import javax.net.ssl.SSLException;
import parley.transport.PeersFault;

/** What a peer sent under TLS, or its certificate, is not accepted; the message is the reason. */
public final class TlsException extends SSLException implements PeersFault {

  private static final long serialVersionUID = 1L;

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }

  TlsException(String message) {
    super(message);
  }
}
