package example.resp;

/** Thrown when a command is rejected. The client receives the message. */
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  CommandException(String message) {
    super(message, null, false, false);
  }
}
