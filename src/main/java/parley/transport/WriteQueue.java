package parley.transport;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues the write requests of one session and keeps their futures honest: written means that the
 * kernel has the bytes, and every future completes. Bounds closeOnFlush: a session from which the
 * kernel takes nothing more for {@value #MAX_STALLS} close timeouts is cut. (The kernel takes more
 * in steps of some 100 KB, so a peer may read for long before one shows.)
 *
 * <p>MINA's closeNow marks what is queued as written. It looks for that with {@code isEmpty}, so a
 * closing session's queue says that it is empty, and fails what is left when it is polled.
 */
public final class WriteQueue implements WriteRequestQueue {

  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

  private static final int MAX_STALLS = 15;

  private final Queue<WriteRequest> requests = new ConcurrentLinkedQueue<>();
  private @Nullable EventLoops loops;
  private Duration closeTimeout = Duration.ZERO;
  private volatile @Nullable Future<?> closeTimer;
  private volatile boolean flushed;
  private volatile boolean disposed;

  WriteQueue() {}

  /** The queue of a session, if it is one of Parley's. */
  private static @Nullable WriteQueue of(IoSession session) {
    return session instanceof AbstractIoSession own
            && own.getWriteRequestQueue() instanceof WriteQueue queue
        ? queue
        : null;
  }

  /** Whether a session's closeOnFlush came to its end: all that was queued before it is sent. */
  public static boolean isFlushed(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && queue.flushed;
  }

  /** Sets the close timeout of a session; without one its closeOnFlush is not bounded. */
  public static void boundClose(IoSession session, EventLoops loops, Duration closeTimeout) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.loops = loops;
      queue.closeTimeout = closeTimeout;
    }
  }

  @Override
  public void offer(IoSession session, WriteRequest request) {
    requests.offer(request);
    if (disposed) {
      failAll();
    } else if (request == AbstractIoSession.CLOSE_REQUEST && closeTimer == null) {
      watch(session, session.getWrittenBytes(), 0);
    }
  }

  private void watch(IoSession session, long before, int stalls) {
    if (loops != null) {
      closeTimer = loops.schedule(() -> checkProgress(session, before, stalls), closeTimeout);
    }
  }

  private void checkProgress(IoSession session, long before, int stalls) {
    long now = session.getWrittenBytes();
    if (session.isClosing()) {
      return;
    }
    if (now != before) {
      watch(session, now, 0);
    } else if (stalls + 1 < MAX_STALLS) {
      watch(session, now, stalls + 1);
    } else {
      LOG.info(
          "cut: the peer took nothing of the last {} bytes for {} ms",
          session.getScheduledWriteBytes(),
          closeTimeout.toMillis() * MAX_STALLS);
      session.closeNow();
    }
  }

  @Override
  public @Nullable WriteRequest poll(IoSession session) {
    if (session.isClosing()) {
      failAll();
      return null;
    }
    WriteRequest request = requests.poll();
    if (request != AbstractIoSession.CLOSE_REQUEST) {
      return request;
    }
    flushed = true;
    cancelTimer();
    session.closeNow();
    return null;
  }

  @Override
  public boolean isEmpty(IoSession session) {
    return session.isClosing() || requests.isEmpty();
  }

  @Override
  public void clear(IoSession session) {
    failAll();
  }

  /** Fails what is left, and the request that was being written. The session is closed by now. */
  @Override
  public void dispose(IoSession session) {
    disposed = true;
    cancelTimer();
    AbstractIoSession own = (AbstractIoSession) session;
    WriteRequest current = own.getCurrentWriteRequest();
    if (current != null) {
      own.setCurrentWriteRequest(null);
      fail(current);
    }
    failAll();
  }

  private void cancelTimer() {
    Future<?> timer = closeTimer;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void failAll() {
    for (WriteRequest next = requests.poll(); next != null; next = requests.poll()) {
      fail(next);
    }
  }

  /** A listener that throws must not keep the other futures from completing. */
  private static void fail(WriteRequest request) {
    if (request == AbstractIoSession.CLOSE_REQUEST) {
      return;
    }
    try {
      request.getFuture().setException(new WriteToClosedSessionException(request));
    } catch (RuntimeException | Error thrown) {
      LOG.error("a listener of a write future failed", thrown);
    }
  }

  @Override
  public int size() {
    return requests.size();
  }
}
