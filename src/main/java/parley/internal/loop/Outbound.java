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
 * Counts what of one session waits to be sent, by the memory that it takes, and holds the session
 * to its bounds: reading and handling are suspended above the high watermark until it is down at
 * the low one, and the session is cut above the most. Four things wait: what the batch has
 * collected, what is queued, what other threads have handed over, and messages that are sent but
 * not reported to the handler yet.
 *
 * <p>Unless stated otherwise, call these methods on the event-loop thread.
 */
public final class Outbound {

  /** What a write takes besides its bytes: its request, future and buffer, and their places. */
  public static final int REQUEST_COST = 352;

  /** So much may come before it counts in the total of all sessions. */
  private static final int UNTOLD = 16 * 1024;

  private static final VarHandle HANDED_OVER = field("handedOver", long.class);
  private static final VarHandle UNREPORTED = field("unreported", int.class);
  private static final VarHandle CUT = field("cut", boolean.class);
  private static final VarHandle TOLD_ABOVE = field("toldAbove", boolean.class);
  private static final VarHandle QUEUED = field("queued", long.class);

  private final AbstractIoSession session;
  private volatile long queued; // set by the loop
  private volatile long handedOver;
  private volatile int unreported; // messages
  private volatile boolean cut;
  private volatile boolean toldAbove; // though it was not full yet
  private volatile boolean full;
  private volatile long told; // to the total of all sessions
  private long collected; // of what is queued: what a batch has not passed down yet
  private int usual = 1024; // bytes of a message; a guess, so any thread's value will do
  private long sentWhenFull; // bytes written of the session when all that waited then is sent
  private boolean serves; // though it is full

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

  /** Returns that of a session, if its loop is one of Parley's. Any thread may call. */
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

  /** Returns the memory that data waiting to be sent takes, in bytes. Any thread may call. */
  long waiting() {
    return queued + handedOver + (long) REQUEST_COST * unreported;
  }

  /**
   * Returns about how many bytes a message is that is not encoded yet: of an object, as many as
   * those that were encoded before. Any thread may call.
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

  /** The session's batch has collected one more request with a number of bytes. */
  void collected(int bytes) {
    usual += (bytes - usual) / 8;
    collected += REQUEST_COST + bytes;
    setQueued(queued + REQUEST_COST + bytes);
  }

  /** What the batch has collected is passed down: it is queued by now, or has failed. */
  void passedDown() {
    setQueued(queued - collected);
    collected = 0;
  }

  /** A request is about to be queued: it is what was collected, or comes after that. */
  void queues(long cost) {
    setQueued(queued - collected + cost);
    collected = 0;
  }

  /** A request is queued: holds the session to its bounds. */
  void queued() {
    long waiting = waiting();
    if (waiting - told >= UNTOLD || (!full && waiting > limits().outboundHigh())) {
      weigh();
    }
  }

  /** Part of what is queued waits no more. */
  void gone(long cost) {
    setQueued(queued - cost);
  }

  /** Nothing is queued any more, whatever somebody has done to a buffer meanwhile. */
  void noneQueued() {
    setQueued(collected);
  }

  /** Nothing of what was queued or collected will be sent. */
  void dropped() {
    setQueued(0);
    collected = 0;
  }

  /** A step of another thread waits for the loop. Any thread may call. */
  void handsOver(long cost) {
    HANDED_OVER.getAndAdd(this, cost);
  }

  /** Counts it in the total; the run of the handover weighs it, soon. Any thread may call. */
  void handedOver(long cost) {
    if (cost > 0 && waiting() - told >= UNTOLD) {
      tell();
    }
  }

  /** The loop, or what fails the step, has taken it. Any thread may call. */
  void taken(long cost) {
    HANDED_OVER.getAndAdd(this, -cost);
  }

  /**
   * A message is sent, but its {@code messageSent} waits for the handler's thread: it counts until
   * then.
   */
  public void reportsLater() {
    UNREPORTED.getAndAdd(this, 1);
  }

  /** The handler's {@code messageSent} that waited is over. Any thread may call. */
  public void reported() {
    int left = (int) UNREPORTED.getAndAdd(this, -1) - 1;
    if (full && (left == 0 || waiting() <= limits().outboundLow())) {
      weighSoon();
    }
  }

  /** Returns whether more may wait: not if the session is over, or cut now. Any thread may call. */
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
    return String.format("too much waits to be sent: %d bytes, more than %d", bytes, most);
  }

  /** Takes nothing more, and cuts the session on its loop, once. Any thread may call. */
  void cut(String rule) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && CUT.compareAndSet(this, false, true)) {
      loop.execute(() -> lifecycle().cut(EndReason.OUTBOUND_LIMIT, rule));
      loop.outbound().wasCut(session);
    }
  }

  /** Returns whether what is written is not sent any more. Any thread may call. */
  boolean isOver() {
    return session.isClosing() || takesNoMore();
  }

  /** As {@link #isOver}, but a session that closes still queues what comes. */
  boolean takesNoMore() {
    return cut || lifecycle().has(Mark.NOTIFIED);
  }

  /** As {@code Sessions.isAboveHigh}: a caller that gets true may wait for the low event. */
  public boolean isAboveHigh() {
    if (full) {
      return true;
    }
    boolean above = waiting() > limits().outboundHigh();
    if (above && TOLD_ABOVE.compareAndSet(this, false, true)) {
      weighSoon();
    }
    return above;
  }

  /** As {@link #weigh}, soon. Any thread may call. */
  void weighSoon() {
    EventLoop.onLoopOf(session, this::weigh);
  }

  /**
   * Compares what waits with the session's bounds. Where others write on and on, it may stay above
   * the high watermark: so the session is read and served for one turn when all that waited at
   * first is sent.
   */
  void weigh() {
    if (lifecycle().has(Mark.NOTIFIED)) {
      return;
    }
    long waiting = waiting();
    if (waiting != told) {
      tell();
    }
    SessionLimits limits = limits();
    boolean wasToldAbove = toldAbove && (boolean) TOLD_ABOVE.getAndSet(this, false);
    boolean rises = !full && (waiting > limits.outboundHigh() || wasToldAbove);
    if (rises) {
      setFull(true);
      sentWhenFull = sentWhenAllIs();
    }
    if (full && waiting() <= limits.outboundLow()) { // again: who reports looks at full after that
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

  /** The session was read, or frames of it that waited had their turn, or the peer's end came. */
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

  /** Counts what waits in the total of all sessions. Any thread may call. */
  void tell() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.outbound().update(session, this::told);
    }
  }

  /** What counts in the total from now on: nothing of a session that is over. */
  private long told() {
    long waiting = takesNoMore() ? 0 : waiting();
    told = waiting;
    return waiting;
  }
}
