package parley.session;

import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;

/**
 * Thrown when a session ended before the kernel accepted a message. One exception serves all
 * messages that a session leaves unsent, which may be many; therefore it has no stack.
 */
public final class NotSentException extends WriteToClosedSessionException {

  private static final long serialVersionUID = 1;

  /** Creates the exception; its message is always the same. */
  public NotSentException() {
    super(AbstractIoSession.CLOSE_REQUEST, "the session ended before this was sent");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
