package parley.cli;

/** The exit codes of both commands, as documented in the commands page. */
final class Exit {

  /** The client got all answers; the server drained. */
  static final int OK = 0;

  /** The server answered ERR; the drain timeout cut sessions. */
  static final int REFUSED = 1;

  /** The command line is invalid. */
  static final int USAGE = 2;

  /** The client cannot connect; the server cannot bind. */
  static final int NO_CONNECTION = 3;

  /** No answer came in time. */
  static final int NO_ANSWER = 4;

  /** The connection was lost. */
  static final int LOST = 5;

  /** The server's or the client's certificate was rejected, or the server does not use TLS. */
  static final int TLS = 6;

  /** A defect of Parley or of a plug-in; sysexits' EX_SOFTWARE. */
  static final int DEFECT = 70;

  /** Too little memory or too few threads to start; sysexits' EX_OSERR. */
  static final int TOO_LITTLE = 71;

  /** Standard output cannot be written; sysexits' EX_IOERR. */
  static final int OUTPUT = 74;

  /** The run folder or a file in it cannot be used; sysexits' EX_NOPERM. */
  static final int RUN_FOLDER = 77;

  /** The conf is invalid; sysexits' EX_CONFIG. */
  static final int CONF = 78;

  private Exit() {}
}
