package parley.session;

import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;

/**
 * Reports that a session ended before the kernel had a message. One for all that a session leaves
 * unsent, which may be many: so it has no stack.
 */
public final class NotSentException extends WriteToClosedSessionException {

  private static final long serialVersionUID = 1;

  /** With the one message that there is. */
  public NotSentException() {
    super(AbstractIoSession.CLOSE_REQUEST, "the session ended before this was sent");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
