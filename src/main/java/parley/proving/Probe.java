package parley.proving;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.EventLoop;
import parley.internal.loop.SessionLifecycle;

/** The server's side of one connection: how much it has read, its defect and its end. */
final class Probe {

  /** How often to check conditions that nothing notifies of. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(5);

  private @Nullable IoSession session;
  private @Nullable Throwable defect;
  private long read;
  private boolean closed;

  synchronized void setSession(IoSession made) {
    session = made;
    notifyAll();
  }

  /** Adds bytes that have gone up the chain; the call up the chain has returned. */
  synchronized void addRead(int bytes) {
    read += bytes;
    notifyAll();
  }

  synchronized void setDefect(Throwable thrown) {
    if (defect == null) {
      defect = thrown;
    }
  }

  synchronized void setClosed() {
    closed = true;
    notifyAll();
  }

  /** Returns the first exception that the peer cannot have caused, or null. */
  synchronized @Nullable Throwable defect() {
    return defect;
  }

  /**
   * Waits until that many bytes are read or no more will be; returns false if neither came in time.
   */
  boolean awaitRead(long bytes, long nanos) {
    return await(() -> read >= bytes || isStopped(), nanos);
  }

  boolean awaitClosed(long nanos) {
    return await(() -> closed, nanos);
  }

  synchronized boolean isStopped() {
    return closed || (session != null && SessionLifecycle.of(session).isEnding());
  }

  private synchronized boolean await(BooleanSupplier done, long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (!done.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, LOOK));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return true;
  }

  /** Returns whether the session's event loop hangs. */
  boolean isStuck(long nanos) {
    IoSession known;
    synchronized (this) {
      known = session;
    }
    EventLoop loop = known == null || known.isClosing() ? null : EventLoop.of(known);
    if (loop == null) {
      return false;
    }
    boolean[] ran = {false};
    loop.execute(
        () -> {
          synchronized (this) {
            ran[0] = true;
            notifyAll();
          }
        });
    return !await(() -> ran[0] || closed, nanos);
  }
}
