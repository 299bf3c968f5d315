package parley.tls;

import javax.net.ssl.SSLException;

/** Says that the peer has announced a record that is longer than its version allows. */
final class RecordOverflowException extends SSLException {

  private static final long serialVersionUID = 1;

  RecordOverflowException() {
    super("a record that is too long");
  }
}
