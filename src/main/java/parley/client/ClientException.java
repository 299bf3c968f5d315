package parley.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a client could not do what it was asked to do. Its subclasses tell the kinds apart.
 */
public class ClientException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
