package parley.internal.loop;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.apache.mina.core.session.IoSession;

/**
 * Bounds what waits to be sent in all sessions together: when it is too much, the session with the
 * most of it is cut. Any thread may call.
 */
final class OutboundTotal {

  private final long most;
  private final Map<IoSession, Long> waiting = new HashMap<>(); // under the lock
  private long sum; // under the lock
  private final Executor failing;

  /**
   * A bound.
   *
   * @param most the bytes of all sessions together
   * @param failing runs what fails the writes of sessions that are cut
   */
  OutboundTotal(long most, Executor failing) {
    this.most = most;
    this.failing = failing;
  }

  /**
   * Counts a session's waiting data again; cuts the session with the most if that is too much in
   * all.
   *
   * @param amount asked for under the lock, so that no later answer is replaced by an earlier
   */
  void update(IoSession session, LongSupplier amount) {
    IoSession largest;
    long all;
    synchronized (this) {
      boolean grows = put(session, amount.getAsLong()) > 0;
      all = sum;
      largest = grows && all > most ? takeLargest() : null;
    }
    Outbound its = largest == null ? null : Outbound.of(largest);
    if (its != null) {
      its.cut(String.format("too much waits to be sent in all: %d bytes, more than %d", all, most));
    }
  }

  private long put(IoSession session, long now) {
    Long before = now == 0 ? waiting.remove(session) : waiting.put(session, now);
    long change = now - (before == null ? 0 : before);
    sum += change;
    return change;
  }

  /** It counts no more, so that not all are cut before the first is gone. */
  private IoSession takeLargest() {
    IoSession largest = Collections.max(waiting.entrySet(), Map.Entry.comparingByValue()).getKey();
    put(largest, 0);
    return largest;
  }

  /**
   * A session is cut: its writes that wait to be handed over take memory, and count no more. They
   * fail on a thread of their own: their loop may be busy, while other threads write on.
   */
  void wasCut(IoSession session) {
    WriteQueue queue = WriteQueue.of(session);
    if (queue == null || !queue.hasHandedOver()) {
      return;
    }
    try {
      failing.execute(queue.handover()::failWrites);
    } catch (RejectedExecutionException | Error noThread) {
      // then their loop fails them
    }
  }

  /** Returns the bytes that wait in all sessions. */
  synchronized long sum() {
    return sum;
  }
}
