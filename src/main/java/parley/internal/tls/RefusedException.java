package parley.internal.tls;

import javax.net.ssl.SSLException;

/** Ends the TLS of a session, though its engine would go on; the message is the reason. */
final class RefusedException extends SSLException {

  private static final long serialVersionUID = 1;

  /** Who refuses, and what. */
  enum Cause {
    /** The peer has refused the handshake, or ended it. */
    PEERS_ALERT,
    /** The peer has announced a record that is longer than its version allows. */
    RECORD_OVERFLOW,
    /** This side takes no more of the peer. */
    ENOUGH
  }

  private final Cause why;

  RefusedException(Cause why, String reason) {
    super(reason);
    this.why = why;
  }

  /** Whether a failure is for one cause. */
  static boolean is(Throwable failure, Cause why) {
    return failure instanceof RefusedException refused && refused.why == why;
  }
}
