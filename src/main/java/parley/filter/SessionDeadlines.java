package parley.filter;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.codec.DeadlineException;
import parley.transport.CutException;
import parley.transport.Deadline;
import parley.transport.EndReason;
import parley.transport.EventLoop;
import parley.transport.InFlight;
import parley.transport.Input;
import parley.transport.SessionLifecycle;
import parley.transport.SessionLifecycle.Rest;
import parley.transport.SessionState;
import parley.transport.WriteQueue;

/**
 * Keeps the deadlines of one session: for its first frame, a frame, doing nothing and taking too
 * little. They are checked at the earliest of them; what puts one off only notes its time, and what
 * begins one has it checked earlier.
 *
 * <p>A peer that is late gets a {@link DeadlineException}, and with it what its protocol says; one
 * that takes too little is cut.
 */
final class SessionDeadlines extends Deadline implements SessionState.Activity {

  /** While something is in flight, a deadline that waits for its end is checked so often. */
  private static final int CHECKS = 8;

  private final Deadlines deadlines;
  private int readAt;
  private int sentAt;
  private volatile int leftAt; // when nothing was in flight any more
  private boolean inFrame;
  private int frameSince; // later by the time in which this side did not read
  private int deliveredThen;
  private int record; // the low bits of its number; 0 for none
  private int recordSince; // as frameSince
  private int suspendedAt;
  private boolean suspended; // as the loop has applied it
  private boolean waits;
  private int waitsSince; // or since the last window
  private long takenThen;

  SessionDeadlines(IoSession session, Deadlines deadlines) {
    super(session);
    this.deadlines = deadlines;
    readAt = sentAt = leftAt = EventLoop.now(session);
  }

  /** Those of a session, made without any if its listener has none. */
  static SessionDeadlines of(IoSession session) {
    SessionState state = SessionState.of(session);
    synchronized (state) {
      if (state.deadlines() instanceof SessionDeadlines known) {
        return known;
      }
      SessionDeadlines made = new SessionDeadlines(session, Deadlines.NONE);
      state.setDeadlines(made);
      return made;
    }
  }

  /** Keeps a listener's deadlines of a session from now on. */
  void begin() {
    SessionState state = SessionState.of(session);
    synchronized (state) {
      if (state.deadlines() instanceof SessionDeadlines earlier) {
        earlier.withdraw();
      }
      state.setDeadlines(this);
    }
    suspended = Input.of(session).isSuspended();
    suspendedAt = readAt;
    dueAfter(readAt, deadlines.firstFrame());
    dueAfter(readAt, deadlines.idle());
    dueAt(readAt + LONGEST);
  }

  /** The idle timeout is another one. Any thread may call. */
  void idleChanged() {
    dueAfter(quietSince(), idle());
  }

  private Duration idle() {
    return IdleTimeout.of(session, deadlines.idle());
  }

  private int quietSince() {
    return latest(latest(readAt, sentAt), leftAt);
  }

  @Override
  public void noneInFlight(int now) {
    leftAt = now;
  }

  @Override
  public void read(int now) {
    readAt = now;
    seeFrame(now);
  }

  /** A frame or a record may have begun, or ended. */
  private void seeFrame(int now) {
    SessionState state = SessionState.of(session);
    SessionState.CodecState frames = state.codec();
    boolean isIn = frames != null && frames.isInFrame();
    int delivered = frames == null ? 0 : frames.delivered();
    if (isIn && !(inFrame && delivered == deliveredThen)) {
      deliveredThen = delivered;
      frameSince = now;
      dueAfter(now, deadlines.frame());
    }
    inFrame = isIn;
    SessionState.Handshake tls = state.tls();
    int begun = tls == null ? 0 : (int) tls.recordBegun();
    if (begun != record && begun != 0) {
      recordSince = now;
      dueAfter(now, deadlines.frame());
    }
    record = begun;
  }

  /** The time in which this side does not read is not the peer's: what is begun lasts longer. */
  @Override
  public void reads(boolean on, int now) {
    suspended = !on;
    if (suspended) {
      suspendedAt = now;
      return;
    }
    frameSince = earliest(now, frameSince + now - suspendedAt);
    recordSince = earliest(now, recordSince + now - suspendedAt);
    seeFrame(now);
    if (inFrame) {
      dueAfter(frameSince, deadlines.frame());
    }
    if (record != 0) {
      dueAfter(recordSince, deadlines.frame());
    }
  }

  private static int earliest(int one, int other) {
    return one - other > 0 ? other : one;
  }

  @Override
  public void flushed(boolean some, int now) {
    sentAt = some ? now : sentAt;
    boolean any = !session.getWriteRequestQueue().isEmpty(session);
    if (any && !waits && deadlines.outboundRate() > 0) {
      waitsSince = now;
      takenThen = session.getWrittenBytes();
      dueAfter(now, deadlines.outboundWindow());
    }
    waits = any;
  }

  @Override
  protected int check(int now) {
    if (session.isClosing()) {
      return NEVER;
    }
    readAt = recent(readAt, now);
    sentAt = recent(sentAt, now);
    int before = leftAt;
    if (recent(before, now) != before) { // another thread may set it at any time
      leftAt = recent(before, now);
    }
    int left = Math.min(LONGEST, Math.min(leftOfWindow(now), leftOfEnd(now)));
    return SessionLifecycle.of(session).isEnding() ? left : Math.min(left, leftOfPeer(now));
  }

  /** Cuts a peer that has taken too little while something always waited. */
  private int leftOfWindow(int now) {
    Duration window = deadlines.outboundWindow();
    int left = waits && deadlines.outboundRate() > 0 ? left(waitsSince, window, now) : NEVER;
    if (left > 0) {
      return left;
    }
    long taken = session.getWrittenBytes();
    long took = taken - takenThen;
    if (took < deadlines.leastTaken()) {
      CutException.cut(
          session,
          EndReason.SLOW_READER,
          String.format(
              "its socket took %d bytes in %s of what waits to be sent, fewer than %d",
              took, shown(window), deadlines.leastTaken()));
    }
    waitsSince = now;
    takenThen = taken;
    return left(now, window, now);
  }

  /** Cuts a session whose end has come, but answers keep it open that do not come. */
  private int leftOfEnd(int now) {
    Duration idle = idle();
    if (InFlight.of(session).count() == 0) {
      return left(now, idle, now);
    }
    int left = left(latest(readAt, sentAt), idle, now);
    if (left > 0) {
      return left;
    }
    if (ends()) {
      CutException.cut(
          session,
          EndReason.IDLE_TIMEOUT,
          "its end waits for answers, and none was sent for " + shown(idle));
    }
    return again(idle);
  }

  private boolean ends() {
    Input input = Input.of(session);
    return input.isEnded()
        || SessionLifecycle.of(session).isEnding()
        || input.isSuspended(Input.Reason.ANSWERS_PENDING) // its end may be in its socket
        || WriteQueue.isEnding(session);
  }

  private int leftOfPeer(int now) {
    seeFrame(now);
    boolean reads = !suspended;
    int frame = reads && inFrame ? left(frameSince, deadlines.frame(), now) : NEVER;
    int records = reads && record != 0 ? left(recordSince, deadlines.frame(), now) : NEVER;
    if (Math.min(frame, records) <= 0) {
      return late(
          EndReason.FRAME_TIMEOUT, "frame not complete after " + shown(deadlines.frame()), now);
    }
    boolean busy = InFlight.isAny(session);
    int first = hasDelivered() ? NEVER : left(sentAt, deadlines.firstFrame(), now);
    if (first <= 0 && busy) {
      first = again(deadlines.firstFrame());
    }
    if (first <= 0) {
      return late(
          EndReason.FIRST_FRAME_TIMEOUT,
          "no first frame for " + shown(deadlines.firstFrame()),
          now);
    }
    int quiet = left(busy ? now : quietSince(), idle(), now);
    if (quiet <= 0) {
      return late(EndReason.IDLE_TIMEOUT, "idle for " + shown(idle()), now);
    }
    return Math.min(Math.min(frame, records), Math.min(first, quiet));
  }

  private boolean hasDelivered() {
    SessionState.CodecState frames = SessionState.of(session).codec();
    return frames != null && frames.delivered() != 0;
  }

  /** It is late once, also where the handler's thread is too. */
  private int late(EndReason reason, String rule, int now) {
    SessionLifecycle.of(session).end(reason, Rest.HANDLED);
    session.getFilterChain().fireExceptionCaught(new DeadlineException(rule));
    return leftOfEnd(now);
  }

  private static int again(Duration time) {
    return (int) time.toMillis() / CHECKS;
  }

  private static String shown(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
