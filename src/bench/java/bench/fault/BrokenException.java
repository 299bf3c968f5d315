package bench.fault;

/** Thrown when a server broke the rule of a fault; the message describes how. */
final class BrokenException extends Exception {

  private static final long serialVersionUID = 1;

  BrokenException(String how) {
    super(how);
  }
}
