package parley.protocol;

import java.util.List;

/**
 * Thrown for protocols that cannot be used. The message has one line for each, with the protocol,
 * its jar and the cause.
 */
public final class ProtocolException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProtocolException(String problem, Throwable cause) {
    super(problem, cause);
  }

  /**
   * Creates an exception for several problems.
   *
   * @param problems the problems, one line each
   */
  public ProtocolException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
