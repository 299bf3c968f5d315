package parley.tls;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import parley.session.PeerFault;

/** What a peer sent under TLS, or its certificate, is not accepted; the message is the reason. */
public final class TlsException extends SSLException implements PeerFault {

  private static final long serialVersionUID = 1L;

  /** An exception with a reason in plain words. */
  public TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
