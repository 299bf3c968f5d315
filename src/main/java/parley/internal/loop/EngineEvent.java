package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;

/** Events that the engine fires at the bottom of a session's chain for its own filters. */
public enum EngineEvent implements FilterEvent {
  /** Other threads have handed over steps: open a batch and run the steps that are due. */
  HANDED_OVER,
  /** The session's deferred frames have their turn. */
  NEXT_TURN,
  /**
   * Everything before the peer's end of stream is answered and sent; the handler may be notified.
   */
  ALL_SENT;

  /** Fires the event, unless the session is closed: its handler gets no event after its end. */
  public void fire(IoSession session) {
    if (session.isConnected()) {
      session.getFilterChain().fireEvent(this);
    }
  }

  /**
   * Gives a session another turn, after the turns of the others. Any thread may call this.
   *
   * @param session a session with deferred frames
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
