package parley.filter;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.codec.FrameException;
import parley.transport.ConnectionResetException;
import parley.transport.InFlight;
import parley.transport.Input;

/**
 * Ends a session by its first fault: logs it once, tells the handler, closes. Stands last in the
 * chain, and guards it against the handler.
 *
 * <ul>
 *   <li>A frame that is none: a line at INFO; what is in flight is answered, then it closes.
 *   <li>The connection is gone (reset, broken pipe): a line at DEBUG; closed.
 *   <li>Anything else is a defect of the handler, a filter or the codec: ERROR with its stack; what
 *       was written is sent, then it closes.
 * </ul>
 */
final class FaultFilter extends GuardFilter {

  private static final Logger LOG = LoggerFactory.getLogger(FaultFilter.class);
  private static final AttributeKey FAULTED = new AttributeKey(FaultFilter.class, "faulted");

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    boolean first = session.setAttributeIfAbsent(FAULTED) == null;
    if (!first || session.isClosing() || cause instanceof WriteToClosedSessionException) {
      LOG.debug("after the end: {}", cause.toString());
      return;
    }
    Input.of(session).stop();
    if (cause instanceof FrameException) {
      LOG.info("refused: {}", cause.getMessage());
    } else if (cause instanceof ConnectionResetException) {
      LOG.debug("connection lost: {}", cause.getMessage());
    } else {
      LOG.error("session closed after a fault", cause);
    }
    if (handlesExceptions(session.getHandler())) {
      super.exceptionCaught(next, session, cause);
    }
    if (cause instanceof FrameException) {
      InFlight.of(session).whenNone(session::closeOnFlush);
    } else if (cause instanceof ConnectionResetException) {
      session.closeNow();
    } else {
      session.closeOnFlush();
    }
  }

  /** MINA's adapter only logs, a second time and with the stack. */
  private static boolean handlesExceptions(IoHandler handler) throws NoSuchMethodException {
    return handler
            .getClass()
            .getMethod("exceptionCaught", IoSession.class, Throwable.class)
            .getDeclaringClass()
        != IoHandlerAdapter.class;
  }
}
