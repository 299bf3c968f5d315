package parley.client;

import org.jspecify.annotations.Nullable;

/** Says that no connection could be made: refused, unknown host, no answer in time. */
public final class ConnectException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectException(String message) {
    super(message);
  }

  ConnectException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
