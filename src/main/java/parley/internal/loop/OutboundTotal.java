package parley.internal.loop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.mina.core.session.IoSession;

/**
 * Bounds what waits to be sent in all sessions together: when it is too much, the session with the
 * most of it is cut. Any thread may call.
 */
final class OutboundTotal {

  private final long most;
  private final AtomicLong sum = new AtomicLong();
  private final Map<IoSession, Long> waiting = new ConcurrentHashMap<>();
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
   * Counts a session's waiting data again.
   *
   * @param amount asked for one thread at a time, so that no later answer is replaced by an earlier
   */
  void update(IoSession session, LongSupplier amount) {
    boolean[] isTooMuch = new boolean[1];
    waiting.compute(
        session,
        (its, before) -> {
          long now = amount.getAsLong();
          long change = now - (before == null ? 0 : before);
          isTooMuch[0] = sum.addAndGet(change) > most && change > 0; // in the order of the amounts
          return now == 0 ? null : now;
        });
    if (isTooMuch[0]) {
      cutTheLargest();
    }
  }

  /** One thread at a time, and only while it is too much still: another may have cut enough. */
  private synchronized void cutTheLargest() {
    long all = sum();
    if (all > most) {
      waiting.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .ifPresent(session -> cut(session, all));
    }
  }

  /** It counts no more, so that not all are cut before the first is gone. */
  private void cut(IoSession session, long all) {
    update(session, () -> 0);
    Outbound its = Outbound.of(session);
    if (its != null) {
      its.cut(String.format("too much waits to be sent in all: %d bytes, more than %d", all, most));
    }
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

  /** What waits in all. */
  long sum() {
    return sum.get();
  }
}
