package parley.proving;

/**
 * The failure of a proof. Its message is the smallest failing case. It is an AssertionError, so
 * test frameworks report a failed test, not an error in it.
 */
public final class ProofFailedException extends AssertionError {

  private static final long serialVersionUID = 1;

  ProofFailedException(String message) {
    super(message);
  }
}
