package parley.tls;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import parley.session.PeerFault;

/**
 * Thrown when a peer's certificate, or other data that it sent under TLS, is rejected. The message
 * has the reason.
 */
public final class TlsException extends SSLException implements PeerFault {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the reason in plain words
   * @param cause the exception of the TLS engine, or null
   */
  public TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
