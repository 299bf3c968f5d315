package parley.internal.loop;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.session.NotSentException;

/**
 * Queues the write requests of one session and keeps their futures accurate: written means that the
 * kernel has the bytes, and every future completes. {@link Outbound} counts the waiting data.
 *
 * <p>MINA's closeNow marks queued requests as written. It checks {@code isEmpty} for that. So a
 * closing session's queue reports that it is empty, and fails the rest when it is polled. Unless
 * stated otherwise, call these methods on the event-loop thread.
 */
public final class WriteQueue implements WriteRequestQueue, Iterable<WriteRequest> {

  /** The minimum number of an ended session's futures that fail at a time. */
  static final int SHARE = 128;

  private static final int MOST_SHARE = 32 * SHARE;
  private static final int LEAST_TURNS = 4;
  private static final int PART = 16;

  /** An action with a place between the messages. */
  private static final class Marker extends DefaultWriteRequest {
    private final Runnable action;

    Marker(Runnable action) {
      super(action);
      this.action = action;
    }
  }

  private final AbstractIoSession session;
  private final Queue<WriteRequest> requests = new ConcurrentLinkedQueue<>();
  private final Outbound outbound;
  private volatile @Nullable Handover handover;
  private volatile @Nullable NotSentException notSent;
  private volatile @Nullable Runnable beforeClose;
  private boolean abandoned;
  private volatile boolean isLeftToLoop;
  private long left; // of an ended session, on the event-loop thread
  private boolean dropped;

  WriteQueue(IoSession session) {
    this.session = (AbstractIoSession) session;
    this.outbound = new Outbound(this.session);
  }

  /** Returns the queue of a session, if it is one of Parley's. Any thread may call this. */
  static @Nullable WriteQueue of(IoSession session) {
    return session instanceof AbstractIoSession own
            && own.getWriteRequestQueue() instanceof WriteQueue queue
        ? queue
        : null;
  }

  /** Returns the waiting data and its limits. Any thread may call this. */
  Outbound outbound() {
    return outbound;
  }

  /** Returns the steps of other threads. Any thread may call this. */
  Handover handover() {
    Handover known = handover;
    return known == null ? makeHandover() : known;
  }

  private synchronized Handover makeHandover() {
    Handover known = handover;
    if (known == null) {
      known = new Handover(session, this, outbound);
      handover = known;
    }
    return known;
  }

  /** Returns whether steps of other threads wait for the loop. */
  boolean hasHandedOver() {
    Handover known = handover;
    return known != null && !known.isEmpty();
  }

  /**
   * Returns whether queued data was not sent and never will be: a part of the stream is missing,
   * even if nothing waits any more.
   */
  public static boolean hasDropped(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && queue.dropped;
  }

  /** Returns whether a session has data waiting to be sent. Any thread may call this. */
  public static boolean isAnyWaiting(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && (!queue.requests.isEmpty() || queue.hasHandedOver());
  }

  /** Runs an action before a session's closeOnFlush is queued, after everything written before. */
  public static void beforeClose(IoSession session, Runnable action) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.beforeClose = action;
    }
  }

  /**
   * Runs an action after all currently queued data is sent; at once if nothing is queued. It never
   * runs if the session ends first.
   */
  static void whenSent(IoSession session, Runnable action) {
    WriteQueue queue = of(session);
    if (queue == null || queue.requests.isEmpty()) {
      action.run();
    } else {
      queue.requests.add(new Marker(action));
    }
  }

  /**
   * Queues a request. Any thread may call this: a filter below the codec may write from another
   * thread, and any code may close.
   */
  @Override
  public void offer(IoSession any, WriteRequest request) {
    if (!Handover.isNeeded(session)) {
      take(request);
      return;
    }
    Runnable onLoop =
        () -> {
          WriteBatch.passDownOf(session); // earlier writes
          take(request);
          EventLoop.flushLater(session);
        };
    if (request == AbstractIoSession.CLOSE_REQUEST) {
      handover().add(onLoop, 0);
      return;
    }
    long cost = costOf(request);
    if (outbound.takes(cost)) {
      handover().add(onLoop, cost);
      outbound.handedOver(cost);
    } else {
      failQueued(request);
    }
  }

  /** Queues a batch as the end of MINA's chain does, if there is no filter on its way. */
  void queue(BatchRequest batch) {
    session.increaseScheduledWriteBytes(batch.remaining());
    session.increaseScheduledWriteMessages();
    put(batch);
    if (!session.isWriteSuspended()) {
      EventLoop.flushLater(session);
    }
  }

  /** Ends the session now, because written data cannot be queued. */
  void fail(Throwable failure) {
    dropped = true;
    session.getFilterChain().fireExceptionCaught(failure);
    session.closeNow();
  }

  private void take(WriteRequest request) {
    if (request == AbstractIoSession.CLOSE_REQUEST) {
      close();
    } else {
      put(request);
    }
  }

  /**
   * Closes after everything written before, including writes that a turn has not passed down yet.
   */
  private void close() {
    Handover.runBefore(session);
    WriteBatch.passDownOf(session);
    SessionLifecycle.of(session).happens(Mark.ENDS_WHEN_SENT);
    Runnable before = beforeClose;
    if (before != null) {
      before.run();
    }
    put(AbstractIoSession.CLOSE_REQUEST);
  }

  private void put(WriteRequest request) {
    boolean isClose = request == AbstractIoSession.CLOSE_REQUEST;
    if (!isClose) {
      Scheduled.queued(session, request);
    }
    if (abandoned || outbound.takesNoMore()) {
      dropped |= !isClose;
      failQueued(request);
      return;
    }
    if (!isClose) {
      outbound.queues(costOf(request));
    }
    requests.add(request);
    outbound.queued();
  }

  private void failQueued(WriteRequest request) {
    if (request != AbstractIoSession.CLOSE_REQUEST && !(request instanceof Marker)) {
      Scheduled.failed(session, request);
    }
    fail(request);
  }

  private static long costOf(WriteRequest request) {
    return (long) Outbound.REQUEST_COST * futuresOf(request) + Scheduled.bytes(request);
  }

  private static int futuresOf(WriteRequest request) {
    return request instanceof BatchRequest batch ? Math.max(1, batch.requests().length) : 1;
  }

  /** Returns the request to write next; null if there is none, or the session closes now. */
  @Nullable WriteRequest first() {
    while (!session.isClosing()) {
      WriteRequest request = requests.peek();
      if (request instanceof Marker marker) {
        requests.remove();
        marker.action.run();
      } else if (request == AbstractIoSession.CLOSE_REQUEST) {
        requests.remove();
        SessionLifecycle.of(session).happens(Mark.FLUSHED);
        session.closeNow();
      } else {
        return request;
      }
    }
    abandon();
    return null;
  }

  /** Returns the first request, even if the session is closing. */
  @Nullable WriteRequest peek() {
    return requests.peek();
  }

  /** Removes the first request, which is sent. */
  void removeSent() {
    WriteRequest request = requests.poll();
    if (request != null) {
      Scheduled.sent(session, request);
      removed(request);
    }
  }

  /** Removes the first request, and fails it. */
  void removeFailed(Throwable cause) {
    WriteRequest request = requests.poll();
    if (request != null) {
      Scheduled.failed(session, request);
      removed(request);
      request.getFuture().setException(cause);
    }
  }

  private void removed(WriteRequest request) {
    if (requests.isEmpty()) {
      outbound.noneQueued();
    } else {
      outbound.gone(costOf(request));
    }
  }

  /** Starts at the first request. */
  @Override
  public Iterator<WriteRequest> iterator() {
    return requests.iterator();
  }

  @Override
  public @Nullable WriteRequest poll(IoSession any) {
    WriteRequest request = first();
    if (request != null) {
      removeSent();
    }
    return request;
  }

  @Override
  public boolean isEmpty(IoSession any) {
    return session.isClosing() || requests.isEmpty();
  }

  @Override
  public void clear(IoSession any) {
    abandon();
  }

  /** Fails the remaining requests. The session is closed by now. */
  @Override
  public void dispose(IoSession any) {
    SessionLifecycle.of(session).happens(Mark.NOTIFIED);
    outbound.updateTotal();
    abandon();
  }

  /** Fails some of the remaining requests, and leaves the others to the loop's next rounds. */
  private void abandon() {
    leave();
    EventLoop loop = EventLoop.of(session);
    if (loop == null || !loop.isLoopThread()) { // a handler's thread, which may be slow
      while (failSome(MOST_SHARE)) {}
    } else if (failSome(SHARE) && !isLeftToLoop) {
      isLeftToLoop = true;
      loop.ended().add(this);
    }
  }

  /** Notes that the session has ended: waiting data is not sent, and waits no longer. */
  void leave() {
    if (!abandoned) {
      dropped |= !requests.isEmpty();
      left = outbound.waiting();
      abandoned = true;
    }
    outbound.dropped();
  }

  /**
   * Fails some of the requests that ended sessions have left. One session may leave very many, and
   * the other sessions must not wait for their futures. Each call handles a part of the sessions,
   * and a part of each session's requests, so that newly ended sessions do not pile up.
   *
   * @return whether more requests are left
   */
  static boolean failSome(Queue<WriteQueue> ended) {
    int all = ended.size();
    for (int turns = Math.min(all, LEAST_TURNS + all / PART); turns > 0; turns--) {
      WriteQueue next = ended.poll();
      if (next == null) {
        return false;
      }
      long part = next.left / Outbound.REQUEST_COST / LEAST_TURNS;
      next.isLeftToLoop = false; // first: after an Error the next abandon queues it again
      if (next.failSome((int) Math.max(SHARE, Math.min(part, MOST_SHARE)))) {
        next.isLeftToLoop = true;
        ended.add(next);
      }
    }
    return !ended.isEmpty();
  }

  /** Fails some futures of an ended session; returns whether more are left. */
  private boolean failSome(int most) {
    int share = most;
    while (share > 0) {
      WriteRequest next = requests.poll();
      if (next == null) {
        Handover known = handover;
        return known != null && known.failSome(share);
      }
      share -= futuresOf(next);
      left = Math.max(0, left - (long) Outbound.REQUEST_COST * futuresOf(next));
      failQueued(next);
    }
    return true;
  }

  /**
   * Fails a request. A listener that throws must not keep the other futures from completing. Any
   * thread may call this.
   */
  void fail(WriteRequest request) {
    if (request == AbstractIoSession.CLOSE_REQUEST || request instanceof Marker) {
      return;
    }
    Listeners.fail(request.getFuture(), notSent());
  }

  private NotSentException notSent() {
    NotSentException known = notSent;
    if (known == null) {
      known = new NotSentException();
      notSent = known;
    }
    return known;
  }

  @Override
  public int size() {
    return requests.size();
  }
}
