package parley.protocol;

import java.util.List;

/**
 * Says which protocols cannot be used: a line each with the protocol, the jar it came from, and
 * why.
 */
public final class ProtocolException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProtocolException(String problem, Throwable cause) {
    super(problem, cause);
  }

  /** Several problems, a line each. */
  public ProtocolException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
