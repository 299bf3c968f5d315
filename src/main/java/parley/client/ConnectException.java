package parley.client;

import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;

/** Thrown when no connection could be made: refused, unknown host, or no reply in time. */
public final class ConnectException extends ClientException {

  private static final long serialVersionUID = 1;

  ConnectException(String message) {
    super(message);
  }

  ConnectException(Endpoint endpoint, String reason, @Nullable Throwable cause) {
    super("cannot connect to " + endpoint + ": " + reason, cause);
  }
}
