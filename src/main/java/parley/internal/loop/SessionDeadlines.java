package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.DeadlineException;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.session.EndReason;

/**
 * Keeps the deadlines of one session: for its first frame, a frame, doing nothing and taking too
 * little. They are checked at the earliest of them; what puts one off only notes its time, and what
 * begins one has it checked earlier.
 *
 * <p>A peer that is late gets a {@link DeadlineException}, and with it what its protocol says; one
 * that takes too little is cut.
 */
public final class SessionDeadlines extends Deadline {

  /** While something is in flight, a deadline that waits for its end is checked so often. */
  private static final int CHECKS = 8;

  /**
   * A closing session's peer may take nothing for so many close timeouts: the kernel takes more in
   * steps of some 100 KB, before one of which a peer may read for long.
   */
  private static final int STALLED_TIMEOUTS = 15;

  private volatile Deadlines deadlines = Deadlines.NONE; // the listener's
  private volatile @Nullable Duration ownIdle;
  private int readAt;
  private int sentAt;
  private volatile int leftAt; // when nothing was in flight any more, or it was found late
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
  private boolean endsWhenSent;
  private int endSince; // or since the peer took something last
  private long takenAtEnd;

  SessionDeadlines(IoSession session) {
    super(session);
    readAt = sentAt = leftAt = EventLoop.now(session);
  }

  /** Returns those of a session; made without any. Any thread may call. */
  public static SessionDeadlines of(IoSession session) {
    SessionState state = SessionState.of(session);
    SessionDeadlines known = state.deadlines();
    return known == null ? state.makeDeadlines(session) : known;
  }

  /** Keeps a listener's deadlines from now on. */
  public void begin(Deadlines its) {
    deadlines = its;
    readAt = sentAt = leftAt = suspendedAt = EventLoop.now(session);
    suspended = Input.of(session).isSuspended();
    inFrame = false;
    record = 0;
    waits = false;
    flushed(false, readAt); // what a handshake has left unsent waits from now on
    dueAfter(readAt, its.firstFrame());
    dueAfter(readAt, its.idle());
    dueAt(readAt + LONGEST);
  }

  /** Replaces the listener's idle timeout. Any thread may call. */
  public void setIdle(Duration timeout) {
    ownIdle = timeout;
    dueAfter(quietSince(), timeout);
  }

  private Duration idle() {
    Duration own = ownIdle;
    return own == null ? deadlines.idle() : own;
  }

  private int quietSince() {
    return latest(latest(readAt, sentAt), leftAt);
  }

  /** The last that was in flight is over. Any thread may call. */
  void noneInFlight(int now) {
    leftAt = now;
  }

  /** Bytes were read and handed on. */
  void read(int now) {
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

  /**
   * Reading goes on, or is suspended from now on. The time in which this side does not read is not
   * the peer's: what is begun lasts longer.
   */
  void reads(boolean on, int now) {
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

  /** What is queued was written as far as the socket takes it: some bytes or none. */
  void flushed(boolean some, int now) {
    sentAt = some ? now : sentAt;
    boolean any = !session.getWriteRequestQueue().isEmpty(session);
    if (any && !waits && deadlines.outboundRate() > 0) {
      waitsSince = now;
      takenThen = session.getWrittenBytes();
      dueAfter(now, deadlines.outboundWindow());
    }
    waits = any;
  }

  /** What waits is the last of a session: it is cut if its peer takes nothing of it for long. */
  static void endsWhenSent(IoSession session) {
    if (!SessionLifecycle.of(session).closeTimeout().isZero()) {
      of(session).endsWhenSent();
    }
  }

  private void endsWhenSent() {
    if (!endsWhenSent) {
      endsWhenSent = true;
      endSince = EventLoop.now(session);
      takenAtEnd = session.getWrittenBytes();
      dueIn(mostStalled().dividedBy(CHECKS));
    }
  }

  private Duration mostStalled() {
    return SessionLifecycle.of(session).closeTimeout().multipliedBy(STALLED_TIMEOUTS);
  }

  /** Cuts a session whose end does not come, as the peer takes nothing of what is left. */
  private int leftOfStall(int now) {
    if (!endsWhenSent) {
      return NEVER;
    }
    long taken = session.getWrittenBytes();
    if (taken != takenAtEnd || session.getWriteRequestQueue().isEmpty(session)) {
      takenAtEnd = taken;
      endSince = now;
    }
    int left = left(endSince, mostStalled(), now);
    if (left <= 0) {
      SessionLifecycle.of(session)
          .cut(
              EndReason.SLOW_READER,
              String.format(
                  "the peer took nothing of the last %d bytes for %d ms",
                  session.getScheduledWriteBytes(), mostStalled().toMillis()));
    }
    return Math.min(left, (int) mostStalled().dividedBy(CHECKS).toMillis());
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
    int left =
        Math.min(Math.min(LONGEST, leftOfStall(now)), Math.min(leftOfWindow(now), leftOfEnd(now)));
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
      SessionLifecycle.of(session)
          .cut(
              EndReason.SLOW_READER,
              String.format(
                  "its socket took %d bytes in %s of what waits to be sent, fewer than %d",
                  took, shown(window), deadlines.leastTaken()));
    }
    waitsSince = now;
    takenThen = taken;
    return left(now, window, now);
  }

  /** Cuts a session whose end has come, but answers keep it open, or nobody closes it. */
  private int leftOfEnd(int now) {
    Duration idle = idle();
    boolean waitsForAnswers = InFlight.of(session).count() > 0;
    boolean ends = SessionLifecycle.of(session).isEnding();
    if (!waitsForAnswers && (!ends || WriteQueue.isAnyWaiting(session))) {
      return left(now, idle, now);
    }
    int left = left(quietSince(), idle, now);
    if (left > 0) {
      return left;
    }
    if (ends()) {
      SessionLifecycle.of(session)
          .cut(
              EndReason.IDLE_TIMEOUT,
              waitsForAnswers
                  ? "its end waits for answers, and none was sent for " + shown(idle)
                  : "all of it is sent, and nobody has closed it for " + shown(idle));
    }
    return again(idle);
  }

  private boolean ends() {
    Input input = Input.of(session);
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    return input.isEnded()
        || lifecycle.isEnding()
        || input.isSuspended(Input.Reason.ANSWERS_PENDING) // its end may be in its socket
        || lifecycle.has(Mark.ENDS_WHEN_SENT);
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
    leftAt = now; // whoever ends it has the idle time for that
    SessionLifecycle.of(session).beginEnd(reason, QueuedFrames.HANDLED);
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
