package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;

/** Events that the engine fires at the bottom of a session's chain for its own filters. */
public enum EngineEvent implements FilterEvent {
  /** Other threads have handed over steps: open a batch, and run those that are due. */
  HANDED_OVER,
  /** Deferred frames of the session have their turn. */
  NEXT_TURN,
  /** All before the peer's end of stream is answered and sent: the handler may know of it. */
  ALL_SENT;

  /** Fires the event, unless the session is closed: its handler gets nothing after its end. */
  public void fire(IoSession session) {
    if (session.isConnected()) {
      session.getFilterChain().fireEvent(this);
    }
  }

  /**
   * Gives a session another turn, after those of the others. Any thread may call.
   *
   * @param session one with deferred frames
   */
  public static void nextTurn(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop == null) {
      NEXT_TURN.fire(session);
    } else {
      loop.execute(() -> NEXT_TURN.fire(session));
    }
  }
}
