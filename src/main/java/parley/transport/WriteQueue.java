package parley.transport;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.jspecify.annotations.Nullable;

/**
 * Queues the write requests of one session and keeps their futures honest: written means that the
 * kernel has the bytes, and every future completes. Bounds closeOnFlush: a session from which the
 * kernel takes nothing more for {@value #MAX_STALLS} close timeouts is cut. (The kernel takes more
 * in steps of some 100 KB, so a peer may read for long before one shows.)
 *
 * <p>MINA's closeNow marks what is queued as written. It looks for that with {@code isEmpty}, so a
 * closing session's queue says that it is empty, and fails what is left when it is polled.
 */
public final class WriteQueue implements WriteRequestQueue, Iterable<WriteRequest> {

  private static final int MAX_STALLS = 15;

  private final Queue<WriteRequest> requests = new ConcurrentLinkedQueue<>();
  private Duration closeTimeout = Duration.ZERO;
  private @Nullable Stall stall;
  private volatile boolean closes;
  private volatile @Nullable Runnable beforeClose;
  private volatile boolean flushed;
  private volatile boolean disposed;
  private boolean full;
  private long counted;

  WriteQueue() {}

  /** The queue of a session, if it is one of Parley's. */
  static @Nullable WriteQueue of(IoSession session) {
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

  /** Whether nothing of a session waits to be sent. */
  public static boolean isAllSent(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && queue.requests.isEmpty() && session.getScheduledWriteBytes() == 0;
  }

  /** Sets the close timeout of a session; without one its closeOnFlush is not bounded. */
  public static void boundClose(IoSession session, Duration closeTimeout) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.closeTimeout = closeTimeout;
    }
  }

  /**
   * Says that a session ends once all is sent, before its closeOnFlush does: it is cut as then if
   * its peer takes nothing. Any thread may call.
   */
  public static void boundEnd(IoSession session) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.closes = true;
      if (!queue.requests.isEmpty()) { // else the flush of what comes does
        EventLoop.onLoopOf(session, () -> queue.weigh(session));
      }
    }
  }

  /** Runs an action before a session's closeOnFlush is queued, behind all that was written. */
  public static void beforeClose(IoSession session, Runnable action) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.beforeClose = action;
    }
  }

  @Override
  public void offer(IoSession session, WriteRequest request) {
    if (request == AbstractIoSession.CLOSE_REQUEST) {
      offerClose(session);
    } else {
      put(request);
    }
  }

  /** Behind all that was written before, also where a turn has not handed it down yet. */
  private void offerClose(IoSession session) {
    if (Turn.takesBehind(session, () -> putClose())) {
      return;
    }
    Turn turn = Turn.of(session);
    if (turn != null) {
      turn.handDown();
    }
    putClose();
  }

  private void putClose() {
    closes = true;
    Runnable before = beforeClose;
    if (before != null) {
      before.run();
    }
    put(AbstractIoSession.CLOSE_REQUEST);
  }

  private void put(WriteRequest request) {
    requests.offer(request);
    if (disposed && beforeClose == null) {
      failAll();
    } else if (disposed) { // whoever wraps holds a lock, which no listener of a future may meet
      ForkJoinPool.commonPool().execute(this::failAll);
    }
  }

  /**
   * Compares what waits to be sent with the session's bounds: suspends reading and handling above
   * the high one until it is down at the low one, and cuts the session above the most. Called on
   * the loop's thread after a flush.
   */
  void weigh(IoSession session) {
    if (disposed) {
      return;
    }
    long bytes = session.getScheduledWriteBytes();
    if (bytes != counted) {
      count(session, bytes);
    }
    SessionLimits limits = SessionLimits.of(session);
    if (!full && bytes > limits.outboundHigh()) {
      full = true;
      Input.of(session).suspend(Input.Reason.OUTBOUND_FULL);
    } else if (full && bytes <= limits.outboundLow()) {
      full = false;
      Input.of(session).resume(Input.Reason.OUTBOUND_FULL);
    }
    if (bytes > limits.outboundMost()) {
      CutException.cut(
          session,
          String.format(
              "too much waits to be sent: %d bytes, more than %d", bytes, limits.outboundMost()));
    }
    if (closes && stall == null && !isEmpty(session) && !closeTimeout.isZero()) {
      stall = new Stall(session);
      stall.watch(closeTimeout);
    }
  }

  private void count(IoSession session, long bytes) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      counted = bytes;
      loop.outbound().set(session, bytes);
    }
  }

  /** The request to write next; null if there is none, or the session closes now. */
  @Nullable WriteRequest first(IoSession session) {
    if (session.isClosing()) {
      failAll();
      return null;
    }
    WriteRequest request = requests.peek();
    if (request != AbstractIoSession.CLOSE_REQUEST) {
      return request;
    }
    requests.remove();
    flushed = true;
    session.closeNow();
    return null;
  }

  /** The first request, also of a session that closes. */
  @Nullable WriteRequest peek() {
    return requests.peek();
  }

  /** Takes the first request out. */
  void removeFirst() {
    requests.poll();
  }

  /** From the first one on. */
  @Override
  public Iterator<WriteRequest> iterator() {
    return requests.iterator();
  }

  @Override
  public @Nullable WriteRequest poll(IoSession session) {
    WriteRequest request = first(session);
    if (request != null) {
      requests.remove();
    }
    return request;
  }

  @Override
  public boolean isEmpty(IoSession session) {
    return session.isClosing() || requests.isEmpty();
  }

  @Override
  public void clear(IoSession session) {
    failAll();
  }

  /** Fails what is left. The session is closed by now. */
  @Override
  public void dispose(IoSession session) {
    disposed = true;
    if (counted != 0) {
      count(session, 0);
    }
    failAll();
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
      Listeners.failed(thrown);
    }
  }

  @Override
  public int size() {
    return requests.size();
  }

  /** A closeOnFlush that does not come to its end. */
  private final class Stall extends Swept {

    private long taken;
    private int since = Sweep.now();

    Stall(IoSession session) {
      super(session);
      taken = session.getWrittenBytes();
    }

    @Override
    protected void sweep(int now) {
      long takenNow = session.getWrittenBytes();
      if (takenNow != taken || isEmpty(session)) {
        taken = takenNow;
        since = now;
      } else if (now - since >= MAX_STALLS * closeTimeout.toMillis()) {
        CutException.cut(
            session,
            String.format(
                "the peer took nothing of the last %d bytes for %d ms",
                session.getScheduledWriteBytes(), closeTimeout.toMillis() * MAX_STALLS));
      }
    }
  }
}
