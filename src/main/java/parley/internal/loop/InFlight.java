package parley.internal.loop;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Counts a session's work in progress: turns that are not over, frames whose handler runs on
 * another thread, and pending answers. Actions that must wait for their end, such as a close, wait
 * here. They run on the session's loop, after everything written until then.
 *
 * <p>A handler that answers later, from another thread, calls {@link #enter} before it returns and
 * {@link #leave} after its write; AnswerHandler does so by itself. A filter that hands frames to
 * other threads does the same: it enters before each frame, and leaves when the handler has
 * returned. Thread-safe.
 */
public final class InFlight {

  private final IoSession session;
  private @Nullable Queue<Runnable> waiting;
  private int count;

  InFlight(IoSession session) {
    this.session = session;
  }

  /** Returns the count of a session. */
  public static InFlight of(IoSession session) {
    return SessionState.of(session).inFlight();
  }

  /** Returns whether a session has work in progress or data waiting to be sent. */
  public static boolean isAny(IoSession session) {
    return of(session).count() > 0 || WriteQueue.isAnyWaiting(session);
  }

  /** Adds one. */
  public synchronized void enter() {
    count++;
  }

  /**
   * Removes one.
   *
   * @throws IllegalStateException if the count is zero: a {@code leave} without its {@code enter}
   */
  public void leave() {
    synchronized (this) {
      if (count == 0) {
        throw new IllegalStateException("leave without enter");
      }
      SessionDeadlines deadlines = count > 1 ? null : SessionState.of(session).deadlines();
      if (deadlines != null) {
        deadlines.noneInFlight(EventLoop.tickOf(session)); // before other threads see it
      }
      count--;
    }
    runWhatWaited();
  }

  /** Runs an action once nothing is in progress. */
  public void whenNone(Runnable action) {
    synchronized (this) {
      if (waiting == null) {
        waiting = new ArrayDeque<>(1);
      }
      waiting.add(action);
    }
    runWhatWaited();
  }

  /**
   * Runs an action once nothing is in progress and everything written until then is sent. It does
   * not wait for later writes of others.
   */
  public void whenSent(Runnable action) {
    whenNone(() -> WriteQueue.whenSent(session, action));
  }

  /** Returns the count. */
  public synchronized int count() {
    return count;
  }

  private synchronized boolean isDue() {
    return count == 0 && waiting != null && !waiting.isEmpty();
  }

  private void runWhatWaited() {
    if (!isDue()) {
      return;
    }
    if (Handover.isNeeded(session)) {
      Handover.run(session, this::runWhatWaited);
      return;
    }
    Handover.runBefore(session);
    for (Runnable next = poll(); next != null; next = poll()) {
      run(next);
    }
  }

  /** Runs an action. Its exception ends the session, but does not stop the caller. */
  private void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error thrown) {
      session.getFilterChain().fireExceptionCaught(thrown);
    }
  }

  private synchronized @Nullable Runnable poll() {
    return count == 0 && waiting != null ? waiting.poll() : null;
  }
}
