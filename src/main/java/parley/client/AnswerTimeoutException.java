package parley.client;

import java.time.Duration;

/**
 * Thrown when an answer did not come in time. The connection stays open, unless it is silent for
 * too long; a late answer is dropped.
 */
public final class AnswerTimeoutException extends ClientException {

  private static final long serialVersionUID = 1;

  AnswerTimeoutException(Duration timeout) {
    super("no answer within " + timeout.toMillis() + " ms");
  }
}
