package parley.client;

import java.io.IOException;

/** Says why a client could not do what it was asked; its subclasses tell the kinds apart. */
public class ClientException extends IOException {

  private static final long serialVersionUID = 1;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, Throwable cause) {
    super(message, cause);
  }
}
