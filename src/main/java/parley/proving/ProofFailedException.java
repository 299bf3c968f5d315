package parley.proving;

/** Reports that a protocol or codec failed its proof; the message is the smallest failing case. */
public final class ProofFailedException extends AssertionError {

  private static final long serialVersionUID = 1;

  ProofFailedException(String message) {
    super(message);
  }
}
