package bench.fault;

/** Says how a server broke the rule of a fault. */
final class BrokenException extends Exception {

  private static final long serialVersionUID = 1;

  BrokenException(String how) {
    super(how);
  }
}
