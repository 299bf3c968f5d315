package parley.filter;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.AttributeKey;
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
 * kernel has the answers, so MINA's default there, {@code closeNow}, loses nothing. A frame is in
 * flight while the filters and the handler above have it on the loop's thread; whoever hands it to
 * another thread counts it by {@link InFlight}. One instance serves one listener.
 */
public final class DrainFilter extends IoFilterAdapter {

  /** So many reads of a session may follow the start of a drain. */
  private static final int MAX_TURNS = 32;

  private static final AttributeKey ENDING = new AttributeKey(DrainFilter.class, "ending");

  private volatile boolean draining;

  /**
   * Lets all sessions end, those that come from now on too: a session still reads until a turn
   * brings nothing, at most {@value #MAX_TURNS} turns, answers what it has read, says goodbye, and
   * closes. Returns at once; any thread may call.
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
      loop.execute(() -> readOn(loop, session, MAX_TURNS));
    }
  }

  /** Called between two turns: what had reached the socket is read in the next ones. */
  private static void readOn(EventLoop loop, IoSession session, int turns) {
    long before = session.getReadBytes();
    loop.execute(
        () -> {
          if (turns > 1 && session.getReadBytes() != before) {
            readOn(loop, session, turns - 1);
          } else {
            end(session);
          }
        });
  }

  private static void end(IoSession session) {
    if (session.isClosing() || session.setAttributeIfAbsent(ENDING) != null) {
      return;
    }
    Input.of(session).stop();
    InFlight.of(session)
        .whenNone(
            () -> {
              if (!session.isClosing()) {
                session.getFilterChain().fireEvent(DrainEvent.GOODBYE);
                session.closeOnFlush();
              }
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
    InFlight inFlight = InFlight.of(session);
    inFlight.enter();
    try {
      next.filterWrite(session, request);
    } finally {
      if (request.getFuture().getException() != null) {
        inFlight.leave(); // refused by a filter below: it will never be sent
      }
    }
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
    InFlight.of(session)
        .whenNone(
            () -> {
              if (!session.isClosing()) {
                next.inputClosed(session);
              }
            });
  }
}
