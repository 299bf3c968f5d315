package parley.internal.loop;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.apache.mina.core.session.IoSession;

/**
 * Limits the data waiting to be sent in all sessions together. Above the limit, the session with
 * the most is cut. Thread-safe.
 */
final class OutboundTotal {

  private final long most;
  private final Map<IoSession, Long> waiting = new HashMap<>(); // under the lock
  private long sum; // under the lock
  private final Executor failing;

  /**
   * Creates a limit.
   *
   * @param most the maximum number of bytes of all sessions together
   * @param failing runs tasks that fail the writes of cut sessions
   */
  OutboundTotal(long most, Executor failing) {
    this.most = most;
    this.failing = failing;
  }

  /**
   * Updates a session's amount; cuts the session with the most if the total is too large.
   *
   * @param amount called under the lock, so that no older value replaces a newer one
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
      its.cut(
          String.format(
              "too much data waits to be sent in all sessions: %d bytes, more than %d", all, most));
    }
  }

  private long put(IoSession session, long now) {
    Long before = now == 0 ? waiting.remove(session) : waiting.put(session, now);
    long change = now - (before == null ? 0 : before);
    sum += change;
    return change;
  }

  /**
   * Removes the largest session from the count, so that not all are cut before the first is gone.
   */
  private IoSession takeLargest() {
    IoSession largest = Collections.max(waiting.entrySet(), Map.Entry.comparingByValue()).getKey();
    put(largest, 0);
    return largest;
  }

  /**
   * Fails the writes of a cut session that wait to be handed over: they use memory, but no longer
   * count. They fail on a thread of their own, because their loop may be busy while other threads
   * keep writing.
   */
  void wasCut(IoSession session) {
    WriteQueue queue = WriteQueue.of(session);
    if (queue == null || !queue.hasHandedOver()) {
      return;
    }
    try {
      failing.execute(queue.handover()::failWrites);
    } catch (RejectedExecutionException | Error noThread) {
      // in that case their loop fails them
    }
  }

  /** Returns the bytes that wait in all sessions. */
  synchronized long sum() {
    return sum;
  }
}
