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
 * Keeps MINA's counters of scheduled messages and bytes true. MINA's chain counts a request in
 * where it enters the queue, and a message out where {@code messageSent} leaves the chain; what a
 * filter below writes by itself never gets there. So a request is counted out where the kernel has
 * it, and what MINA then counts out once more is counted in before ({@link #sentAgain}). A {@link
 * BatchRequest} is many messages: they are counted out where each is reported as sent.
 */
public final class Scheduled {

  /** Stands for one message of a batch where MINA counts, which looks whether it has bytes left. */
  private static final WriteRequest NO_BYTES = new DefaultWriteRequest(new Object());

  private static final VarHandle MESSAGES = field("scheduledWriteMessages", AtomicInteger.class);
  private static final VarHandle WRITTEN = field("writtenMessages", long.class);

  private Scheduled() {}

  /** MINA changes its counters by one at a time, and a batch is up to some thousand messages. */
  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(AbstractIoSession.class, MethodHandles.lookup())
          .findVarHandle(AbstractIoSession.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA
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

  /** A batch is sent: the messages in it that have no request count as written. */
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

  /** A request was queued: a batch is many messages, which MINA's chain has counted as one. */
  static void queued(AbstractIoSession session, WriteRequest request) {
    addMessages(session, messages(request) - 1);
  }

  /** The kernel has a request; MINA has counted its bytes out. */
  static void sent(AbstractIoSession session, WriteRequest request) {
    if (!(request instanceof BatchRequest)) {
      session.decreaseScheduledBytesAndMessages(NO_BYTES);
    }
  }

  /** A message of a batch is passed on up the chain, whose end counts it out once more. */
  public static void passedOn(AbstractIoSession session) {
    session.decreaseScheduledBytesAndMessages(NO_BYTES);
  }

  /** The end of the chain is about to count a message out that was counted out when it was sent. */
  public static void sentAgain(AbstractIoSession session) {
    session.increaseScheduledWriteMessages();
  }

  /**
   * A request failed. Any thread may call. MINA sets a closed session's counters to zero itself.
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

  /** The bytes of a request that are still to be sent. */
  static int bytes(WriteRequest request) {
    return request instanceof BatchRequest batch
        ? batch.remaining()
        : LoopWriter.remaining(request.getMessage());
  }

  private static int messages(WriteRequest request) {
    return request instanceof BatchRequest batch ? batch.size() : 1;
  }
}
