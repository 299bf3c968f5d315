package parley.client;

/** The reaction of a client to a request or a message that exceeds one of its bounds. */
public enum WhenFull {
  /** The future fails at once with a {@link ClientException}. */
  FAIL,

  /**
   * The caller blocks until there is room (back-pressure). A request blocks up to its answer
   * timeout and then fails with an {@link AnswerTimeoutException}. A message blocks until the
   * connection ends. An interrupt ends the wait. The client's event loops must not block, so there
   * this is the same as {@link #FAIL}.
   */
  WAIT
}
