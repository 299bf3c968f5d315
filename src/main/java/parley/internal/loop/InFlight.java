package parley.internal.loop;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Counts what of a session is in flight: turns that are not over, frames whose handler runs on
 * another thread, and answers that are still to come. What must wait for their end, such as a
 * close, waits here; it runs on the session's loop, after what was written until then.
 *
 * <p>A handler that answers later, from another thread, calls {@link #enter} before it returns and
 * {@link #leave} after its write; AnswerHandler does so by itself. So does a filter that hands
 * frames to other threads: it enters for each frame before, and leaves when the handler is done.
 * Any thread may call.
 */
public final class InFlight {

  private final IoSession session;
  private @Nullable Queue<Runnable> waiting;
  private int count;

  InFlight(IoSession session) {
    this.session = session;
  }

  /** The count of a session. */
  public static InFlight of(IoSession session) {
    return SessionState.of(session).inFlight();
  }

  /** Whether something of a session is in flight, or waits to be sent. */
  public static boolean isAny(IoSession session) {
    return of(session).count() > 0 || WriteQueue.isAnyWaiting(session);
  }

  /** One more is in flight. */
  public synchronized void enter() {
    count++;
  }

  /**
   * One fewer is.
   *
   * @throws IllegalStateException if none is: a {@code leave} without its {@code enter}
   */
  public void leave() {
    synchronized (this) {
      if (count == 0) {
        throw new IllegalStateException("leave without enter");
      }
      SessionDeadlines deadlines = count > 1 ? null : SessionState.of(session).deadlines();
      if (deadlines != null) {
        deadlines.noneInFlight(EventLoop.tickOf(session)); // before others see that
      }
      count--;
    }
    runWhatWaited();
  }

  /** Runs an action once nothing is in flight. */
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
   * Runs an action once nothing is in flight, and all is sent that was written until then. What
   * others write after that it does not wait for.
   */
  public void whenSent(Runnable action) {
    whenNone(() -> WriteQueue.whenSent(session, action));
  }

  /** How many are in flight. */
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

  /** What is thrown ends the session, and not what its caller was about to do. */
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
