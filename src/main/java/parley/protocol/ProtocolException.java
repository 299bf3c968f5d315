package parley.protocol;

import java.util.List;

/** Reports protocols that cannot be used: a line each with the protocol, its jar and the cause. */
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
