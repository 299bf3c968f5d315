package parley.proving;

/** Says that a protocol or codec does not stand its proof; the message is the smallest case. */
public final class ProofFailedException extends AssertionError {

  private static final long serialVersionUID = 1;

  ProofFailedException(String message) {
    super(message);
  }
}
