package parley.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Says why a client could not do what it was asked; its subclasses tell the kinds apart. */
public class ClientException extends IOException {

  private static final long serialVersionUID = 1;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
