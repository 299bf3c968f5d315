package parley.client;

import org.jspecify.annotations.Nullable;

/** Thrown when an operation of a client failed. Its subclasses distinguish the kinds of failure. */
public class ClientException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
