package parley.transport;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;

/** Tells the codec's filter, on the loop, that frames which wait have their turn now. */
public enum NextTurn implements FilterEvent {
  /** The only one. */
  NEXT_TURN;

  /**
   * Gives a session another turn, behind those of the others, unless it is closed by then: its
   * handler hears of nothing behind its end. Any thread may call.
   */
  public static void of(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    Runnable turn =
        () -> {
          if (session.isConnected()) {
            session.getFilterChain().fireEvent(NEXT_TURN);
          }
        };
    if (loop == null) {
      turn.run();
    } else {
      loop.execute(turn);
    }
  }
}
