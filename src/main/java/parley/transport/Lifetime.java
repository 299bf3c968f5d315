package parley.transport;

import org.apache.mina.core.session.IoSession;

/**
 * Counts a session of an event loop until its handler has been told of its end, or, if it was never
 * told of its beginning, until its channel is closed. Any thread may call.
 */
public final class Lifetime {

  private static final SessionAttribute<Boolean> BEGUN =
      new SessionAttribute<>(Lifetime.class, "begun");
  private static final SessionAttribute<Boolean> OVER =
      new SessionAttribute<>(Lifetime.class, "over");

  private static final SessionAttribute<Boolean> LASTS =
      new SessionAttribute<>(Lifetime.class, "lasts");

  private Lifetime() {}

  /** Marks a session whose handler is told of its end: it counts until {@link #over}. */
  public static void begun(IoSession session) {
    BEGUN.set(session, true);
  }

  /**
   * Says that a session's handler is told of its end later, by whoever then calls {@link #over}.
   */
  public static void lasts(IoSession session) {
    LASTS.set(session, true);
  }

  /** The chain was told of a session's end, and so its handler, unless that {@link #lasts}. */
  public static void chainTold(IoSession session) {
    if (LASTS.ifMade(session) == null) {
      over(session);
    }
  }

  /** Counts a session no more, once; called after its handler's sessionClosed. */
  public static void over(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && session.setAttributeIfAbsent(OVER, true) == null) {
      loop.removed();
      if (session.getService() instanceof Acceptor acceptor) {
        acceptor.left(session);
      }
    }
  }

  /** Its channel is closed: nobody will call {@link #over} if its handler never knew of it. */
  static void closed(IoSession session) {
    if (BEGUN.ifMade(session) == null) {
      over(session);
    }
  }
}
