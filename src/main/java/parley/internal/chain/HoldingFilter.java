package parley.internal.chain;

import org.apache.mina.core.filterchain.DefaultIoFilterChain;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionState;
import parley.session.EndReason;
import parley.session.Watermark;

/**
 * Holds a session back from the filters above until it is {@link #letThrough}. Filters above see
 * the session only after the handshake, and never if it fails. A client's ConnectFuture completes
 * after it too.
 */
public abstract class HoldingFilter extends IoFilterAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(HoldingFilter.class);

  /** Returns whether a filter of a session's chain holds it back. */
  public static boolean isHeld(IoSession session) {
    for (IoFilterChain.Entry each : session.getFilterChain().getAll()) {
      if (each.getFilter() instanceof HoldingFilter filter && !filter.isThrough(session)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a session was let through. */
  protected abstract boolean isThrough(IoSession session);

  /**
   * Shows a session to the filters above, together with {@code ABOVE_HIGH} if the bytes of a
   * handshake have raised it above its high watermark. Called on its loop's thread, once.
   */
  public static void letThrough(NextFilter next, IoSession session) {
    LogContext.current().refresh();
    next.sessionCreated(session);
    next.sessionOpened(session);
    if (SessionState.of(session).heldMark() == Watermark.ABOVE_HIGH) {
      next.event(session, Watermark.ABOVE_HIGH);
    }
  }

  /** Refuses a session that is held back: logs it, or fails its connect, and closes it. */
  public void refuse(IoSession session, Exception cause) {
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    lifecycle.beginEnd(EndReason.REFUSED, SessionLifecycle.QueuedFrames.HANDLED);
    String detail = failConnect(session, cause) ? null : String.valueOf(cause.getMessage());
    lifecycle.endPolitely(EndReason.REFUSED, SessionLifecycle.QueuedFrames.HANDLED, detail);
  }

  private static boolean failConnect(IoSession session, Throwable cause) {
    if (session.removeAttribute(DefaultIoFilterChain.SESSION_CREATED_FUTURE)
        instanceof ConnectFuture connecting) {
      connecting.setException(cause);
      return true;
    }
    return false;
  }

  /** Returns why a session that is held back has ended, for its connect. */
  protected abstract Exception ended();

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    if (isThrough(session)) { // otherwise the event follows its creation, in letThrough
      next.sessionOpened(session);
    }
  }

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    if (isThrough(session)) {
      next.exceptionCaught(session, cause);
      return;
    }
    LOG.debug("session failed before its handshake: cause=\"{}\"", cause.toString());
    failConnect(session, cause);
    session.closeNow();
  }

  @Override
  public void sessionIdle(NextFilter next, IoSession session, IdleStatus status) throws Exception {
    if (isThrough(session)) {
      next.sessionIdle(session, status);
    }
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (isThrough(session)) {
      next.event(session, event);
    } else if (event instanceof Watermark mark) {
      SessionState.of(session).setHeldMark(mark);
    }
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    if (isThrough(session)) {
      next.sessionClosed(session);
    } else {
      failConnect(session, ended());
    }
  }

  /** Drops the event for a request of the filter's own, which no filter above has written. */
  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    if (!(request instanceof OwnRequest)) {
      next.messageSent(session, request);
    }
  }
}
