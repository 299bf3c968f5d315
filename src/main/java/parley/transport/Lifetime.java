package parley.transport;

import org.apache.mina.core.session.IoSession;

/**
 * Counts a session of an event loop until its handler has been told of its end, or, if it was never
 * told of its beginning, until its channel is closed. Any thread may call.
 */
public final class Lifetime {

  private static final SessionAttribute<Lifetime> LIFETIME =
      new SessionAttribute<>(Lifetime.class, "lifetime", session -> new Lifetime());

  private volatile boolean begun;
  private volatile boolean lasts;
  private boolean over; // under the lock

  private Lifetime() {}

  /** Marks a session whose handler is told of its end: it counts until {@link #over}. */
  public static void begun(IoSession session) {
    LIFETIME.of(session).begun = true;
  }

  /**
   * Says that a session's handler is told of its end later, by whoever then calls {@link #over}.
   */
  public static void lasts(IoSession session) {
    LIFETIME.of(session).lasts = true;
  }

  /** The chain was told of a session's end, and so its handler, unless that {@link #lasts}. */
  public static void chainTold(IoSession session) {
    if (!LIFETIME.of(session).lasts) {
      over(session);
    }
  }

  /** Counts a session no more, once; called after its handler's sessionClosed. */
  public static void over(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && LIFETIME.of(session).ends()) {
      loop.removed();
      if (session.getService() instanceof Acceptor acceptor) {
        acceptor.left(session);
      }
    }
  }

  /** Whether this is the first end. */
  private synchronized boolean ends() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** Its channel is closed: nobody will call {@link #over} if its handler never knew of it. */
  static void closed(IoSession session) {
    if (!LIFETIME.of(session).begun) {
      over(session);
    }
  }
}
