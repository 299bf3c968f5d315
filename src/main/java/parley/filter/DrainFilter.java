package parley.filter;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import parley.transport.EventLoop;
import parley.transport.InFlight;
import parley.transport.Input;

/**
 * Keeps count of what is in flight, and lets a session end only when that is none: at the peer's
 * end of stream (half-close) and in a drain.
 *
 * <p>The handler's {@code inputClosed} is called when every frame before it is answered and the
 * kernel has the answers, so MINA's default there, {@code closeNow}, loses nothing. One instance
 * serves one listener.
 */
public final class DrainFilter extends IoFilterAdapter {

  private volatile boolean draining;

  /**
   * Lets all sessions end, those that come from now on too: a session still answers what had
   * arrived by now, says goodbye, and closes. Returns at once; any thread may call.
   */
  public void drain(Iterable<IoSession> sessions) {
    draining = true;
    sessions.forEach(DrainFilter::drain);
  }

  private static void drain(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop == null) {
      end(session);
    } else {
      // Two turns: what had reached the socket by now is read in the first.
      loop.execute(() -> loop.execute(() -> end(session)));
    }
  }

  private static void end(IoSession session) {
    Input.of(session).stop();
    InFlight.of(session)
        .whenNone(
            () -> {
              session.getFilterChain().fireEvent(DrainEvent.GOODBYE);
              session.closeOnFlush();
            });
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    next.sessionOpened(session);
    if (draining) {
      drain(session);
    }
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    InFlight inFlight = InFlight.of(session);
    inFlight.enter();
    try {
      next.messageReceived(session, message);
    } finally {
      inFlight.leave();
    }
  }

  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    InFlight.of(session).enter();
    next.filterWrite(session, request);
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    try {
      next.messageSent(session, request);
    } finally {
      InFlight.of(session).leave();
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    InFlight.of(session).whenNone(() -> next.inputClosed(session));
  }
}
