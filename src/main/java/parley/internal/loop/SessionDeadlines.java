package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.DeadlineException;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.session.EndReason;

/**
 * The deadlines of one session: for its first frame, for completing a frame, for being idle, and
 * for accepting too little. They are checked at the earliest of them. Activity that postpones a
 * deadline only records its time; activity that starts one requests an earlier check.
 *
 * <p>A late peer gets a {@link DeadlineException}, and the protocol's reply to that. A peer that
 * accepts too little is cut.
 */
public final class SessionDeadlines extends Deadline {

  /** The number of checks within the deadline while it waits for pending work to end. */
  private static final int CHECKS = 8;

  /**
   * The number of close timeouts for which a closing session's peer may accept nothing. The kernel
   * accepts data in steps of some 100 KB, and a peer may read for a long time before such a step.
   */
  private static final int STALLED_TIMEOUTS = 15;

  private volatile Deadlines deadlines = Deadlines.NONE; // the listener's
  private volatile @Nullable Duration ownIdle;
  private int readAt;
  private int sentAt;
  private volatile int leftAt; // when the last pending work ended, or was found late
  private boolean inFrame;
  private int frameSince; // postponed by the time in which this side did not read
  private int deliveredThen;
  private int record; // the low bits of its number; 0 for none
  private int recordSince; // like frameSince
  private int suspendedAt;
  private boolean suspended; // as the loop has applied it
  private boolean waits;
  private int waitsSince; // or since the last window
  private long takenThen;
  private boolean endsWhenSent;
  private int endSince; // or since the peer last accepted data
  private long takenAtEnd;

  SessionDeadlines(IoSession session) {
    super(session);
    readAt = sentAt = leftAt = EventLoop.now(session);
  }

  /** Returns the deadlines of a session; creates them empty. Any thread may call this. */
  public static SessionDeadlines of(IoSession session) {
    SessionState state = SessionState.of(session);
    SessionDeadlines known = state.deadlines();
    return known == null ? state.makeDeadlines(session) : known;
  }

  /** Applies a listener's deadlines from now on. */
  public void begin(Deadlines its) {
    deadlines = its;
    readAt = sentAt = leftAt = suspendedAt = EventLoop.now(session);
    suspended = Input.of(session).isSuspended();
    inFrame = false;
    record = 0;
    waits = false;
    flushed(false, readAt); // data that a handshake left unsent waits from now on
    dueAfter(readAt, its.firstFrame());
    dueAfter(readAt, its.idle());
    dueAt(readAt + LONGEST);
  }

  /** Replaces the listener's idle timeout. Any thread may call this. */
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

  /** Notes that the last pending work is over. Any thread may call this. */
  void noneInFlight(int now) {
    leftAt = now;
  }

  /** Notes that bytes were read and passed on. */
  void read(int now) {
    readAt = now;
    seeFrame(now);
  }

  /** Notes that a frame or a record may have started or ended. */
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
   * Notes that reading resumes or is suspended. The time in which this side does not read does not
   * count against the peer: it is added to the deadline of a started frame.
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

  /** Notes that queued data was written as far as the socket accepted it: some bytes or none. */
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

  /**
   * Marks the waiting data as the session's last: the session is cut if its peer accepts none of it
   * for too long.
   */
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

  /** Cuts a closing session whose peer accepts none of the remaining data. */
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
                  "the peer accepted none of the last %d bytes for %d ms",
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

  /** Cuts a peer that has accepted too little while data always waited. */
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
                  "the peer accepted %d bytes in %s while data waited to be sent, fewer than %d",
                  took, shown(window), deadlines.leastTaken()));
    }
    waitsSince = now;
    takenThen = taken;
    return left(now, window, now);
  }

  /** Cuts an ending session that pending answers keep open, or that nobody closes. */
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
                  ? "the end waits for answers, but none was sent for " + shown(idle)
                  : "everything is sent, but the session was not closed for " + shown(idle));
    }
    return again(idle);
  }

  private boolean ends() {
    Input input = Input.of(session);
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    return input.isEnded()
        || lifecycle.isEnding()
        || input.isSuspended(Input.Reason.ANSWERS_PENDING) // the peer's end of stream may be unread
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

  /** Reports the peer as late, once, even if the handler's thread is late too. */
  private int late(EndReason reason, String rule, int now) {
    leftAt = now; // from now on, the end has the idle timeout
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
