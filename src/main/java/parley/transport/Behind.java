package parley.transport;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Says whose {@link Turn} is open, and keeps what other threads want done for that session: behind
 * what the turn has collected before, so that order is kept.
 *
 * <p>Methods without another word are called on the loop's thread.
 */
final class Behind {

  private final Queue<Runnable> actions = new ArrayDeque<>(); // under its own lock
  private volatile @Nullable IoSession session; // ends under the lock
  private volatile boolean someone;

  /** From now on actions for this session wait. */
  void open(IoSession whose) {
    session = whose;
  }

  /** Whose turn is open, if one is. Any thread may call. */
  @Nullable IoSession session() {
    return session;
  }

  /** Whether an action waits. */
  boolean isWaiting() {
    return someone;
  }

  /** Takes an action, or returns false if this session's turn is not open. Any thread may call. */
  boolean take(IoSession whose, Runnable action) {
    synchronized (actions) {
      if (session != whose) {
        return false;
      }
      actions.add(action);
      someone = true;
    }
    return true;
  }

  /**
   * Runs them one by one: what a filter below writes meanwhile finds the others still before it.
   */
  void run() {
    while (someone) {
      Runnable next;
      synchronized (actions) {
        next = actions.remove();
        someone = !actions.isEmpty();
      }
      try {
        next.run();
      } catch (Error alreadyReported) {
        // MINA's chain has failed the futures and told exceptionCaught; what is behind goes on
      }
    }
  }

  /** Takes no more actions, unless one waits; returns whether it does not. */
  boolean closeIfNobodyWaits() {
    synchronized (actions) {
      if (actions.isEmpty()) {
        session = null;
      }
      return actions.isEmpty();
    }
  }

  /** Takes no more actions. */
  void close() {
    session = null;
  }
}
