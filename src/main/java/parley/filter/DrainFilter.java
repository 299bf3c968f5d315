package parley.filter;

import java.time.Duration;
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
 * another thread counts it by {@link InFlight}. A filter below this one that writes requests of its
 * own keeps their {@code messageSent} to itself, as CodecFilter does. One instance serves one
 * listener.
 */
public final class DrainFilter extends IoFilterAdapter {

  private static final AttributeKey ENDING = new AttributeKey(DrainFilter.class, "ending");

  private volatile long readUntil;
  private volatile boolean draining;

  /**
   * Lets all sessions end, those that come from now on too: a session still reads until a turn
   * brings nothing, answers what it has read, says goodbye, and closes. Returns at once; any thread
   * may call.
   *
   * @param readFor a session that brings more in each turn is read for so long
   */
  public void drain(Iterable<IoSession> sessions, Duration readFor) {
    readUntil = System.nanoTime() + readFor.toNanos();
    draining = true;
    sessions.forEach(this::drain);
  }

  private void drain(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop == null) {
      end(session);
    } else {
      loop.execute(() -> readOn(loop, session));
    }
  }

  /** Called between two turns: what had reached the socket is read in the next ones. */
  private void readOn(EventLoop loop, IoSession session) {
    long before = session.getReadBytes();
    loop.execute(
        () -> {
          if (session.getReadBytes() != before && System.nanoTime() - readUntil < 0) {
            readOn(loop, session);
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
