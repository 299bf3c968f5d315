package parley.cli;

/** The exit codes of both commands, as documented in the commands page. */
final class Exit {

  /** Answered; drained. */
  static final int OK = 0;

  /** The server said ERR; the drain timeout cut sessions. */
  static final int REFUSED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** Cannot connect; cannot bind. */
  static final int NO_CONNECTION = 3;

  /** No answer in time. */
  static final int NO_ANSWER = 4;

  /** The connection was lost. */
  static final int LOST = 5;

  /** The server's certificate, or this client's, is not accepted, or it is no TLS there. */
  static final int TLS = 6;

  /** A defect of Parley or of a plug-in; sysexits' EX_SOFTWARE. */
  static final int DEFECT = 70;

  /** The system gives too little memory or too few threads to start; sysexits' EX_OSERR. */
  static final int TOO_LITTLE = 71;

  /** Standard output cannot be written; sysexits' EX_IOERR. */
  static final int OUTPUT = 74;

  /** The run folder or a file in it cannot be used; sysexits' EX_NOPERM. */
  static final int RUN_FOLDER = 77;

  /** Bad conf; sysexits' EX_CONFIG. */
  static final int CONF = 78;

  private Exit() {}
}
