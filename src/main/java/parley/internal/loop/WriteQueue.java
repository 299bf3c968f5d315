package parley.internal.loop;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.session.EndReason;
import parley.session.NotSentException;
import parley.session.Watermark;

/**
 * Queues the write requests of one session and keeps their futures honest: written means that the
 * kernel has the bytes, and every future completes. Counts what waits to be sent, here and in the
 * {@link Handover}, by the memory that it takes, and holds the session to its bounds where it is
 * queued.
 *
 * <p>MINA's closeNow marks what is queued as written. It looks for that with {@code isEmpty}, so a
 * closing session's queue says that it is empty, and fails the rest when it is polled. Unless
 * stated otherwise, methods are called on the loop's thread.
 */
public final class WriteQueue implements WriteRequestQueue, Iterable<WriteRequest> {

  /** What a write takes besides its bytes: its request, future and buffer, and their places. */
  public static final int REQUEST_COST = 352;

  /** So much may come before the total of all sessions is told. */
  private static final int UNTOLD = 16 * 1024;

  /** An action that has its place between the messages. */
  private static final class Marker extends DefaultWriteRequest {
    private final Runnable action;

    Marker(Runnable action) {
      super(action);
      this.action = action;
    }
  }

  private final AbstractIoSession session;
  private final Queue<WriteRequest> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLong queued = new AtomicLong(); // what the requests cost; set by the loop
  private final AtomicInteger unreported = new AtomicInteger();
  private final AtomicBoolean cut = new AtomicBoolean();
  private final AtomicBoolean toldAbove = new AtomicBoolean(); // though it was not full yet
  private volatile @Nullable Handover handover;
  private volatile @Nullable NotSentException notSent;
  private volatile @Nullable Runnable beforeClose;
  private volatile long told; // to the total of all sessions
  private volatile boolean disposed;
  private volatile boolean full;
  private long collected; // of what is queued: what a batch has not passed down yet
  private int usual = 1024; // bytes of a message; a guess, so any thread's value will do
  private long sentWhenFull; // bytes written of the session when all that waited then is sent
  private boolean serves; // though it is full
  private boolean abandoned;
  private long left; // of an ended session, on the loop's thread
  private boolean dropped;

  WriteQueue(IoSession session) {
    this.session = (AbstractIoSession) session;
  }

  /** The queue of a session, if it is one of Parley's. Any thread may call. */
  public static @Nullable WriteQueue of(IoSession session) {
    return session instanceof AbstractIoSession own
            && own.getWriteRequestQueue() instanceof WriteQueue queue
        ? queue
        : null;
  }

  /** What other threads do to the session. Any thread may call. */
  Handover handover() {
    Handover known = handover;
    return known == null ? makeHandover() : known;
  }

  private synchronized Handover makeHandover() {
    Handover known = handover;
    if (known == null) {
      known = new Handover(session, this);
      handover = known;
    }
    return known;
  }

  /** Whether another thread has done something that the loop has not come to. */
  boolean hasHandedOver() {
    Handover known = handover;
    return known != null && !known.isEmpty();
  }

  /**
   * Whether something that was queued is not sent, and never will be: a part of the stream is
   * missing, also if nothing waits any more.
   */
  public static boolean hasDropped(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && queue.dropped;
  }

  /** Whether something of a session waits to be sent. Any thread may call. */
  public static boolean isAnyWaiting(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && (!queue.requests.isEmpty() || queue.hasHandedOver());
  }

  /** Runs an action before a session's closeOnFlush is queued, after all that was written. */
  public static void beforeClose(IoSession session, Runnable action) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.beforeClose = action;
    }
  }

  /**
   * Runs an action when all that is queued now is sent; at once if nothing is. It never runs if the
   * session ends before.
   */
  static void whenSent(IoSession session, Runnable action) {
    WriteQueue queue = of(session);
    if (queue == null || queue.requests.isEmpty()) {
      action.run();
    } else {
      queue.requests.add(new Marker(action));
    }
  }

  /** Any thread may call: a filter below the codec may write from one, and everybody close. */
  @Override
  public void offer(IoSession any, WriteRequest request) {
    if (!Handover.isNeeded(session)) {
      take(request);
      return;
    }
    Runnable onLoop =
        () -> {
          WriteBatch.passDownOf(session); // what was written before it
          take(request);
          EventLoop.flushLater(session);
        };
    if (request == AbstractIoSession.CLOSE_REQUEST) {
      handover().add(onLoop, 0);
      return;
    }
    long cost = fixedCost(request) + Scheduled.bytes(request);
    if (takes(cost)) {
      handover().add(onLoop, cost);
      entered(cost);
    } else {
      failQueued(request);
    }
  }

  /** Queues a batch as the end of MINA's chain does, for which there is no filter on its way. */
  void queue(BatchRequest batch) {
    session.increaseScheduledWriteBytes(batch.remaining());
    session.increaseScheduledWriteMessages();
    put(batch);
    if (!session.isWriteSuspended()) {
      EventLoop.flushLater(session);
    }
  }

  /** Ends the session now: what was written cannot be queued. */
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

  /** After all that was written before, also where a turn has not handed it down yet. */
  private void close() {
    Handover.runBefore(session);
    WriteBatch.passDownOf(session);
    lifecycle().happens(Mark.ENDS_WHEN_SENT);
    Runnable before = beforeClose;
    if (before != null) {
      before.run();
    }
    put(AbstractIoSession.CLOSE_REQUEST);
  }

  /**
   * About how many bytes a message is that is not encoded yet: of an object, as many as those that
   * were encoded before. Any thread may call.
   */
  long sizeOf(Object message) {
    if (message instanceof IoBuffer bytes) {
      return bytes.remaining();
    }
    if (message instanceof CharSequence text) {
      return text.length();
    }
    if (message instanceof byte[] bytes) {
      return bytes.length;
    }
    return message instanceof ByteBuffer bytes ? bytes.remaining() : usual;
  }

  /** The session's batch has collected one more request with a number of bytes. */
  void collected(int bytes) {
    usual += (bytes - usual) / 8;
    collected += REQUEST_COST + bytes;
    queued.lazySet(queued.get() + REQUEST_COST + bytes);
  }

  /** What the batch has collected is passed down: it is queued by now, or has failed. */
  void passedDown() {
    queued.lazySet(queued.get() - collected);
    collected = 0;
  }

  private void put(WriteRequest request) {
    boolean isClose = request == AbstractIoSession.CLOSE_REQUEST;
    if (!isClose) {
      Scheduled.queued(session, request);
    }
    if (disposed || abandoned || cut.get()) {
      dropped |= !isClose;
      failQueued(request);
      return;
    }
    if (!isClose) {
      queued.lazySet(queued.get() - collected + fixedCost(request) + Scheduled.bytes(request));
      collected = 0; // it is what was collected, or comes after that
    }
    requests.add(request);
    long waiting = waiting();
    if (waiting - told >= UNTOLD || (!full && waiting > limits().outboundHigh())) {
      weigh();
    }
  }

  private void failQueued(WriteRequest request) {
    if (request != AbstractIoSession.CLOSE_REQUEST && !(request instanceof Marker)) {
      Scheduled.failed(session, request);
    }
    fail(request);
  }

  private static long fixedCost(WriteRequest request) {
    return (long) REQUEST_COST * Math.max(1, futuresOf(request));
  }

  private static int futuresOf(WriteRequest request) {
    return request instanceof BatchRequest batch ? batch.requests().length : 1;
  }

  private SessionLifecycle lifecycle() {
    return SessionLifecycle.of(session);
  }

  private SessionLimits limits() {
    return SessionLimits.of(session);
  }

  /** The memory that data waiting to be sent takes, in bytes. Any thread may call. */
  long waiting() {
    Handover known = handover;
    return queued.get()
        + (known == null ? 0 : known.cost())
        + (long) REQUEST_COST * unreported.get();
  }

  /**
   * A message is sent, but its {@code messageSent} waits for the handler's thread: it counts until
   * then. Called on the loop's thread.
   */
  public static void reportsLater(IoSession session) {
    WriteQueue queue = of(session);
    if (queue != null) {
      queue.unreported.incrementAndGet();
    }
  }

  /** The handler's {@code messageSent} that waited is over. Any thread may call. */
  public static void reported(IoSession session) {
    WriteQueue queue = of(session);
    if (queue != null) {
      int left = queue.unreported.decrementAndGet();
      if (queue.full && (left == 0 || queue.waiting() <= queue.limits().outboundLow())) {
        EventLoop.onLoopOf(session, queue::weigh);
      }
    }
  }

  /** Whether more bytes may wait: false if the session is over, or cut now. Any thread may call. */
  boolean takes(long cost) {
    if (isOver()) {
      return false;
    }
    long waiting = waiting() + cost;
    long most = limits().outboundMost();
    if (waiting <= most) {
      return true;
    }
    cut(tooMuch(waiting, most));
    return false;
  }

  /** That much more waits in the handover, whose run weighs it, soon. Any thread may call. */
  void entered(long cost) {
    if (cost > 0 && waiting() - told >= UNTOLD) {
      tell();
    }
  }

  private static String tooMuch(long bytes, long most) {
    return String.format("too much waits to be sent: %d bytes, more than %d", bytes, most);
  }

  /** Takes nothing more, and cuts the session on its loop, once. Any thread may call. */
  void cut(String rule) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && cut.compareAndSet(false, true)) {
      loop.execute(() -> lifecycle().cut(EndReason.OUTBOUND_LIMIT, rule));
      if (hasHandedOver()) {
        loop.outbound().wasCut(handover());
      }
    }
  }

  /** Whether what is written is not sent any more. Any thread may call. */
  boolean isOver() {
    return disposed || cut.get() || session.isClosing();
  }

  boolean isDisposed() {
    return disposed;
  }

  /** Whether a session has ended, and its handler was told of it. Any thread may call. */
  static boolean isDisposed(IoSession session) {
    WriteQueue queue = of(session);
    return queue != null && queue.disposed;
  }

  /** As {@code Sessions.isAboveHigh}: a caller that gets true may wait for the low event. */
  public boolean isAboveHigh() {
    if (full) {
      return true;
    }
    boolean above = waiting() > limits().outboundHigh();
    if (above && toldAbove.compareAndSet(false, true)) {
      EventLoop.onLoopOf(session, this::weigh);
    }
    return above;
  }

  /**
   * Compares what waits to be sent with the session's bounds: suspends reading and handling above
   * the high one until it is down at the low one, and cuts the session above the most.
   *
   * <p>Where others write on and on, it may stay above: so it is read and served for one turn when
   * all that waited at first is sent.
   */
  void weigh() {
    if (disposed) {
      return;
    }
    long waiting = waiting();
    if (waiting != told) {
      tell();
    }
    SessionLimits limits = limits();
    boolean wasToldAbove = toldAbove.get() && toldAbove.getAndSet(false);
    boolean rises = !full && (waiting > limits.outboundHigh() || wasToldAbove);
    if (rises) {
      setFull(true);
      sentWhenFull = session.getWrittenBytes() + session.getScheduledWriteBytes();
    }
    if (full && waiting <= limits.outboundLow()) {
      setFull(false);
    } else if (full && !rises && !serves && session.getWrittenBytes() >= sentWhenFull) {
      serves = true;
      Input.of(session).resume(Input.Reason.OUTBOUND_FULL);
    }
    if (waiting > limits.outboundMost()) {
      cut(tooMuch(waiting, limits.outboundMost()));
    }
    if (!isEmpty(session) && lifecycle().has(Mark.ENDS_WHEN_SENT)) {
      SessionDeadlines.endsWhenSent(session);
    }
  }

  /** As {@link #weigh()} of a session's queue, soon. Any thread may call. */
  static void weigh(IoSession session) {
    WriteQueue queue = of(session);
    if (queue != null) {
      EventLoop.onLoopOf(session, queue::weigh);
    }
  }

  private void setFull(boolean now) {
    full = now;
    serves = false;
    if (now) {
      Input.of(session).suspend(Input.Reason.OUTBOUND_FULL);
    } else {
      Input.of(session).resume(Input.Reason.OUTBOUND_FULL);
    }
    Watermark event = now ? Watermark.ABOVE_HIGH : Watermark.AT_LOW;
    EventLoop.onLoopOf(
        session,
        () -> {
          if (session.isConnected()) {
            session.getFilterChain().fireEvent(event);
          }
        });
  }

  /** The session was read, or frames of it that waited had their turn, or the peer's end came. */
  public static void served(IoSession session) {
    WriteQueue queue = of(session);
    if (queue != null && queue.serves) {
      queue.serves = false;
      if (queue.full) {
        queue.sentWhenFull = session.getWrittenBytes() + session.getScheduledWriteBytes();
        Input.of(session).suspend(Input.Reason.OUTBOUND_FULL);
      }
    }
  }

  private void tell() {
    EventLoop loop = EventLoop.of(session);
    if (loop == null) {
      return;
    }
    loop.outbound().update(session, this::told);
  }

  /** What counts in the total of all sessions from now on: nothing of one that is over. */
  private long told() {
    long waiting = disposed || cut.get() ? 0 : waiting();
    told = waiting;
    return waiting;
  }

  /** The request to write next; null if there is none, or the session closes now. */
  @Nullable WriteRequest first() {
    while (!session.isClosing()) {
      WriteRequest request = requests.peek();
      if (request instanceof Marker marker) {
        requests.remove();
        marker.action.run();
      } else if (request == AbstractIoSession.CLOSE_REQUEST) {
        requests.remove();
        lifecycle().happens(Mark.FLUSHED);
        session.closeNow();
      } else {
        return request;
      }
    }
    abandon();
    return null;
  }

  /** The first request, also of a session that closes. */
  @Nullable WriteRequest peek() {
    return requests.peek();
  }

  /** So many bytes of the first request are written; MINA's counters know. */
  void took(int bytes) {
    queued.lazySet(queued.get() - bytes);
  }

  /** Takes the first request out, which is sent. */
  void removeSent() {
    WriteRequest request = requests.poll();
    if (request != null) {
      Scheduled.sent(session, request);
      removed(request);
    }
  }

  /** Takes the first request out, and fails it. */
  void removeFailed(Throwable cause) {
    WriteRequest request = requests.poll();
    if (request != null) {
      Scheduled.failed(session, request);
      removed(request);
      request.getFuture().setException(cause);
    }
  }

  private void removed(WriteRequest request) {
    queued.lazySet(
        requests.isEmpty()
            ? collected // whatever somebody has done to a buffer meanwhile
            : queued.get() - fixedCost(request) - Scheduled.bytes(request));
  }

  /** From the first one on. */
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

  /** Fails what is left. The session is closed by now. */
  @Override
  public void dispose(IoSession any) {
    disposed = true;
    tell();
    abandon();
  }

  /** Fails some of what is left, and leaves the rest to the loop's next rounds. */
  private void abandon() {
    leave();
    EventLoop loop = EventLoop.of(session);
    if (loop == null || !loop.isLoopThread()) { // a handler's thread, which may take its time
      while (failSome(Leftovers.SHARE)) {}
    } else if (failSome(Leftovers.SHARE)) {
      loop.leftovers().add(this);
    }
  }

  /** The session has ended: what waits is not sent, and waits no more. */
  void leave() {
    if (!abandoned) {
      dropped |= !requests.isEmpty();
      left = waiting();
      abandoned = true;
    }
    queued.lazySet(0);
    collected = 0;
  }

  /** About how much of what waited when the session ended has not failed yet, by its cost. */
  long left() {
    return left;
  }

  /** Fails a number of futures of an ended session; returns whether more are left. */
  boolean failSome(int most) {
    int share = most;
    while (share > 0) {
      WriteRequest next = requests.poll();
      if (next == null) {
        Handover known = handover;
        return known != null && known.failSome(share);
      }
      share -= Math.max(1, futuresOf(next));
      left = Math.max(0, left - fixedCost(next));
      failQueued(next);
    }
    return true;
  }

  /** A listener that throws must not keep the other futures from completing. Any thread. */
  void fail(WriteRequest request) {
    if (request == AbstractIoSession.CLOSE_REQUEST || request instanceof Marker) {
      return;
    }
    try {
      request.getFuture().setException(notSent());
    } catch (RuntimeException | Error thrown) {
      Listeners.failed(thrown);
    }
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
