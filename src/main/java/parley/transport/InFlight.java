package parley.transport;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * Counts what of a session is in flight: turns that are not over, answers that are still to come,
 * and writes that the kernel has not taken. What must wait for their end, such as a close, waits
 * here.
 *
 * <p>A handler that answers later, from another thread, calls {@link #enter} before it returns and
 * {@link #leave} after its write; AnswerHandler does so by itself. So does a filter that hands
 * frames to other threads: it enters for each frame before, and leaves when the handler is done.
 * Any thread may call.
 */
public final class InFlight {

  private static final SessionAttribute<InFlight> IN_FLIGHT =
      new SessionAttribute<>(InFlight.class, "inFlight", session -> new InFlight());

  private @Nullable Queue<Runnable> waiting;
  private int count;

  private InFlight() {}

  /** The count of a session, made when first asked for. */
  public static InFlight of(IoSession session) {
    return IN_FLIGHT.of(session);
  }

  /** Whether something of a session is in flight. */
  public static boolean isAny(IoSession session) {
    InFlight counted = IN_FLIGHT.ifMade(session);
    return counted != null && counted.count() > 0;
  }

  /** One more is in flight. */
  public synchronized void enter() {
    count++;
  }

  /**
   * One fewer is; what waited for the last one runs on the caller's thread.
   *
   * @throws IllegalStateException if none is: a {@code leave} without its {@code enter}
   */
  public void leave() {
    synchronized (this) {
      if (count == 0) {
        throw new IllegalStateException("leave without enter");
      }
      count--;
    }
    runWhatWaited();
  }

  /** Runs an action once nothing is in flight: now, or on the thread that ends the last. */
  public void whenNone(Runnable action) {
    synchronized (this) {
      if (waiting == null) {
        waiting = new ArrayDeque<>(1);
      }
      waiting.add(action);
    }
    runWhatWaited();
  }

  /** How many are in flight. */
  public synchronized int count() {
    return count;
  }

  private void runWhatWaited() {
    while (true) {
      Runnable next;
      synchronized (this) {
        next = count == 0 && waiting != null ? waiting.poll() : null;
      }
      if (next == null) {
        return;
      }
      next.run();
    }
  }
}
