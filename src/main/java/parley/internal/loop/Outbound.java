package parley.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.session.EndReason;
import parley.session.Watermark;

/**
 * Counts one session's data waiting to be sent, by the memory that it uses, and applies the
 * session's limits. Above the high watermark, reading and handling are suspended until the data
 * falls to the low watermark; above the maximum, the session is cut. Four kinds of data count:
 * collected in the batch, queued, handed over by other threads, and sent but not yet reported to
 * the handler.
 *
 * <p>Unless stated otherwise, call these methods on the event-loop thread.
 */
public final class Outbound {

  /** The memory of a write besides its bytes: its request, future and buffer, and their places. */
  public static final int REQUEST_COST = 352;

  /** How much the amount may change before the total of all sessions is updated. */
  private static final int MOST_UNCOUNTED = 16 * 1024;

  private static final VarHandle HANDED_OVER = field("handedOver", long.class);
  private static final VarHandle UNREPORTED = field("unreported", int.class);
  private static final VarHandle CUT = field("cut", boolean.class);
  private static final VarHandle REPORTED_ABOVE = field("reportedAbove", boolean.class);
  private static final VarHandle QUEUED = field("queued", long.class);

  private final AbstractIoSession session;
  private volatile long queued; // set by the loop
  private volatile long handedOver;
  private volatile int unreported; // messages
  private volatile boolean cut;
  private volatile boolean reportedAbove; // by a reporting thread, before full was set
  private volatile boolean full;
  private volatile long counted; // the amount last reported to the total of all sessions
  private long collected; // the part of the queued data that a batch has not passed down yet
  private int usual = 1024; // bytes per message; an estimate, so any thread's value will do
  private long sentWhenFull; // the session's written bytes when everything that waited then is sent
  private boolean serves; // although it is full

  Outbound(AbstractIoSession session) {
    this.session = session;
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Outbound.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Returns the counter of a session, if its loop is one of Parley's. Any thread may call this. */
  public static @Nullable Outbound of(IoSession session) {
    WriteQueue queue = WriteQueue.of(session);
    return queue == null ? null : queue.outbound();
  }

  private SessionLimits limits() {
    return SessionLimits.of(session);
  }

  private SessionLifecycle lifecycle() {
    return SessionLifecycle.of(session);
  }

  /** Returns the memory that data waiting to be sent uses, in bytes. Any thread may call this. */
  long waiting() {
    return queued + handedOver + (long) REQUEST_COST * unreported;
  }

  /**
   * Returns the approximate size of a message that is not encoded yet; for an object, the size of
   * the messages encoded before. Any thread may call this.
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

  private void setQueued(long cost) {
    QUEUED.setRelease(this, cost);
  }

  /** Notes that the session's batch has collected one more request with a number of bytes. */
  void collected(int bytes) {
    usual += (bytes - usual) / 8;
    collected += REQUEST_COST + bytes;
    setQueued(queued + REQUEST_COST + bytes);
  }

  /** Notes that the batch's content is passed down: by now it is queued or has failed. */
  void passedDown() {
    setQueued(queued - collected);
    collected = 0;
  }

  /** Notes that a request is about to be queued: either collected data, or a later request. */
  void queues(long cost) {
    setQueued(queued - collected + cost);
    collected = 0;
  }

  /** Notes that a request is queued, and applies the limits. */
  void queued() {
    long waiting = waiting();
    if (waiting - counted >= MOST_UNCOUNTED || (!full && waiting > limits().outboundHigh())) {
      weigh();
    }
  }

  /** Notes that part of the queued data no longer waits. */
  void gone(long cost) {
    setQueued(queued - cost);
  }

  /** Notes that nothing is queued any more, even if a buffer was changed meanwhile. */
  void noneQueued() {
    setQueued(collected);
  }

  /** Notes that nothing of the queued or collected data will be sent. */
  void dropped() {
    setQueued(0);
    collected = 0;
  }

  /** Notes that a step of another thread waits for the loop. Any thread may call this. */
  void handsOver(long cost) {
    HANDED_OVER.getAndAdd(this, cost);
  }

  /**
   * Adds the step to the total; the next run of the handover applies the limits. Any thread may
   * call this.
   */
  void handedOver(long cost) {
    if (cost > 0 && waiting() - counted >= MOST_UNCOUNTED) {
      updateTotal();
    }
  }

  /**
   * Notes that the loop, or the code that fails the step, has taken it. Any thread may call this.
   */
  void taken(long cost) {
    HANDED_OVER.getAndAdd(this, -cost);
  }

  /**
   * Notes that a message is sent, but its {@code messageSent} waits for the handler's thread. It
   * counts until then.
   */
  public void reportsLater() {
    UNREPORTED.getAndAdd(this, 1);
  }

  /**
   * Notes that the handler's delayed {@code messageSent} has returned. Any thread may call this.
   */
  public void reported() {
    int left = (int) UNREPORTED.getAndAdd(this, -1) - 1;
    if (full && (left == 0 || waiting() <= limits().outboundLow())) {
      weighSoon();
    }
  }

  /**
   * Returns whether more data may wait; not if the session is over or this call cuts it. Any thread
   * may call this.
   */
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

  private static String tooMuch(long bytes, long most) {
    return String.format("too much data waits to be sent: %d bytes, more than %d", bytes, most);
  }

  /** Accepts no more data, and cuts the session on its loop, once. Any thread may call this. */
  void cut(String rule) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && CUT.compareAndSet(this, false, true)) {
      loop.execute(() -> lifecycle().cut(EndReason.OUTBOUND_LIMIT, rule));
      loop.outbound().wasCut(session);
    }
  }

  /** Returns whether written data is not sent any more. Any thread may call this. */
  boolean isOver() {
    return session.isClosing() || takesNoMore();
  }

  /** Like {@link #isOver}, but a closing session still queues data. */
  boolean takesNoMore() {
    return cut || lifecycle().has(Mark.NOTIFIED);
  }

  /**
   * Implements {@code Sessions.isAboveHigh}: a caller that gets true may wait for the low event.
   */
  public boolean isAboveHigh() {
    if (full) {
      return true;
    }
    boolean above = waiting() > limits().outboundHigh();
    if (above && REPORTED_ABOVE.compareAndSet(this, false, true)) {
      weighSoon();
    }
    return above;
  }

  /** Calls {@link #weigh} soon. Any thread may call this. */
  void weighSoon() {
    EventLoop.onLoopOf(session, this::weigh);
  }

  /**
   * Compares the waiting data with the session's limits. If other code writes without pause, it may
   * stay above the high watermark. So the session is read and served for one turn whenever all data
   * that waited at first is sent.
   */
  void weigh() {
    if (lifecycle().has(Mark.NOTIFIED)) {
      return;
    }
    long waiting = waiting();
    if (waiting != counted) {
      updateTotal();
    }
    SessionLimits limits = limits();
    boolean wasReportedAbove = reportedAbove && (boolean) REPORTED_ABOVE.getAndSet(this, false);
    boolean rises = !full && (waiting > limits.outboundHigh() || wasReportedAbove);
    if (rises) {
      setFull(true);
      sentWhenFull = sentWhenAllIs();
    }
    if (full
        && waiting()
            <= limits.outboundLow()) { // again: a reporting thread reads full after its change
      setFull(false);
    } else if (full && !rises && !serves && session.getWrittenBytes() >= sentWhenFull) {
      serves = true;
      Input.of(session).resume(Input.Reason.OUTBOUND_FULL);
    }
    if (waiting > limits.outboundMost()) {
      cut(tooMuch(waiting, limits.outboundMost()));
    }
    if (lifecycle().has(Mark.ENDS_WHEN_SENT) && !session.getWriteRequestQueue().isEmpty(session)) {
      SessionDeadlines.endsWhenSent(session);
    }
  }

  private long sentWhenAllIs() {
    return session.getWrittenBytes() + session.getScheduledWriteBytes();
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

  /**
   * Notes that the session was read, that its waiting frames had their turn, or that the peer's end
   * came.
   */
  public static void served(IoSession session) {
    Outbound its = of(session);
    if (its != null && its.serves) {
      its.serves = false;
      if (its.full) {
        its.sentWhenFull = its.sentWhenAllIs();
        Input.of(session).suspend(Input.Reason.OUTBOUND_FULL);
      }
    }
  }

  /** Reports the waiting data to the total of all sessions. Any thread may call this. */
  void updateTotal() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.outbound().update(session, this::amountInTotal);
    }
  }

  /** Returns the amount that now counts in the total; zero for a session that is over. */
  private long amountInTotal() {
    long waiting = takesNoMore() ? 0 : waiting();
    counted = waiting;
    return waiting;
  }
}
