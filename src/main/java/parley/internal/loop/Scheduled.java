package parley.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoServiceStatistics;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;

/**
 * Keeps MINA's counters of scheduled messages and bytes correct. MINA's chain adds a request when
 * it enters the queue, and subtracts a message when {@code messageSent} leaves the chain. Writes of
 * a lower filter never get there. So a request is subtracted when the kernel has it. If MINA is
 * going to subtract it again, it is first added again ({@link #sentAgain}). A {@link BatchRequest}
 * is many messages; each is subtracted when it is reported as sent.
 */
public final class Scheduled {

  /**
   * A stand-in for one message of a batch in MINA's counting, which checks whether bytes are left.
   */
  private static final WriteRequest NO_BYTES = new DefaultWriteRequest(new Object());

  private static final VarHandle MESSAGES = field("scheduledWriteMessages", AtomicInteger.class);
  private static final VarHandle WRITTEN = field("writtenMessages", long.class);

  private Scheduled() {}

  /**
   * Gives access to MINA's counters: MINA changes them by one at a time, and a batch has up to some
   * thousand messages.
   */
  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(AbstractIoSession.class, MethodHandles.lookup())
          .findVarHandle(AbstractIoSession.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA version
    }
  }

  private static void addMessages(AbstractIoSession session, int more) {
    if (more == 0) {
      return;
    }
    if (!isServiceCounting(session)) {
      ((AtomicInteger) MESSAGES.get(session)).addAndGet(more);
      return;
    }
    for (int left = more; left > 0; left--) {
      session.increaseScheduledWriteMessages();
    }
    for (int left = more; left < 0; left++) {
      session.decreaseScheduledBytesAndMessages(NO_BYTES);
    }
  }

  private static boolean isServiceCounting(AbstractIoSession session) {
    return session.getService() instanceof AbstractIoService service
        && service.getStatistics().getConfig().isStatisticsCalcEnabled();
  }

  /** Notes that a batch is sent: its messages without a request count as written. */
  public static void written(AbstractIoSession session, BatchRequest batch, long now) {
    int left = batch.answers();
    if (left > 1 && !isServiceCounting(session)) {
      WRITTEN.set(session, (long) WRITTEN.get(session) + left - 1);
      addMessages(session, 1 - left);
      left = 1;
    }
    for (; left > 0; left--) {
      session.increaseWrittenMessages(NO_BYTES, now);
    }
  }

  /**
   * Notes that a request was queued: a batch is many messages, which MINA's chain has counted as
   * one.
   */
  static void queued(AbstractIoSession session, WriteRequest request) {
    addMessages(session, messages(request) - 1);
  }

  /** Notes that the kernel has a request; MINA has already subtracted its bytes. */
  static void sent(AbstractIoSession session, WriteRequest request) {
    if (!(request instanceof BatchRequest)) {
      session.decreaseScheduledBytesAndMessages(NO_BYTES);
    }
  }

  /** Notes that a message of a batch is passed up the chain, whose end subtracts it again. */
  public static void passedOn(AbstractIoSession session) {
    session.decreaseScheduledBytesAndMessages(NO_BYTES);
  }

  /**
   * Notes that the end of the chain is about to subtract a message that was subtracted when it was
   * sent.
   */
  public static void sentAgain(AbstractIoSession session) {
    session.increaseScheduledWriteMessages();
  }

  /**
   * Notes that a request failed. Any thread may call this. MINA itself resets a closed session's
   * counters.
   */
  static void failed(AbstractIoSession session, WriteRequest request) {
    int bytes = bytes(request);
    if (!session.getCloseFuture().isClosed()) {
      session.increaseScheduledWriteBytes(-bytes);
      addMessages(session, -messages(request));
    } else if (session.getService() instanceof AbstractIoService service) {
      IoServiceStatistics statistics = service.getStatistics();
      statistics.increaseScheduledWriteBytes(-bytes);
      for (int left = messages(request); left > 0; left--) {
        statistics.decreaseScheduledWriteMessages();
      }
    }
  }

  /** Returns the bytes of a request that are still to be sent. */
  static int bytes(WriteRequest request) {
    return request instanceof BatchRequest batch
        ? batch.remaining()
        : LoopWriter.remaining(request.getMessage());
  }

  private static int messages(WriteRequest request) {
    return request instanceof BatchRequest batch ? batch.size() : 1;
  }
}
