package parley.client;

/** Says that the connection ended before the answer came, and why it ended. */
public final class ConnectionLostException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectionLostException(String message) {
    super(message);
  }
}
