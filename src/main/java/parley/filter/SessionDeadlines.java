package parley.filter;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.codec.DeadlineException;
import parley.transport.CutException;
import parley.transport.EndReason;
import parley.transport.InFlight;
import parley.transport.Input;
import parley.transport.SessionLifecycle;
import parley.transport.SessionLifecycle.Rest;
import parley.transport.SessionState;
import parley.transport.Sweep;
import parley.transport.Swept;
import parley.transport.WriteQueue;

/**
 * Keeps the deadlines of one session. It compares counters with those that it saw before, so that a
 * read or a write costs nothing for it; all that it knows of time is when it looked.
 *
 * <p>A peer that is late gets a {@link DeadlineException}, and with it what its protocol says; one
 * that takes too little is cut.
 */
final class SessionDeadlines extends Swept {

  private final Deadlines deadlines;
  private long readSeen;
  private long writtenSeen;
  private int deliveredSeen;
  private int quietSince; // nothing read, sent or in flight
  private int movedSince; // nothing read or sent
  private int sentSince;
  private int frameSince; // the first look that was inside it
  private boolean frameSeen;
  private int recordSince; // as that of a frame
  private long recordSeen;
  private int takenSince; // the first look since which something always waited
  private boolean waitingSeen;
  private long taken; // at that time

  SessionDeadlines(IoSession session, Deadlines deadlines) {
    super(session);
    this.deadlines = deadlines;
    quietSince = movedSince = sentSince = frameSince = recordSince = takenSince = Sweep.now();
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

  /** Checks a listener's deadlines of a session from now on. */
  void begin() {
    SessionState.of(session).setDeadlines(this);
    watchAtLeast(deadlines.shortest());
  }

  @Override
  protected void sweep(int now) {
    if (session.isClosing()) {
      return;
    }
    long read = session.getReadBytes();
    long written = session.getWrittenBytes();
    if (written != writtenSeen) {
      sentSince = now;
    }
    if (read != readSeen || written != writtenSeen) {
      movedSince = now;
    }
    if (movedSince == now || InFlight.isAny(session)) {
      quietSince = now;
    }
    readSeen = read;
    writtenSeen = written;
    long tookLess = tookLess(now);
    if (tookLess >= 0) {
      CutException.cut(
          session,
          EndReason.SLOW_READER,
          String.format(
              "its socket took %d bytes in %s of what waits to be sent, fewer than %d",
              tookLess, shown(deadlines.outboundWindow()), deadlines.leastTaken()));
    } else if (isEndingInVain(now)) {
      CutException.cut(
          session,
          EndReason.IDLE_TIMEOUT,
          "its end waits for answers, and none was sent for " + shown(idle()));
    } else if (!SessionLifecycle.of(session).isEnding()) {
      checkPeer(now);
    }
  }

  /** It is late once, also where the handler's thread is too. */
  private void late(EndReason reason, String rule) {
    SessionLifecycle.of(session).end(reason, Rest.HANDLED);
    session.getFilterChain().fireExceptionCaught(new DeadlineException(rule));
  }

  /** Whether its end has come, but answers keep it open that do not come. */
  private boolean isEndingInVain(int now) {
    Input input = Input.of(session);
    boolean ends = // its end may be in a socket that is not read, as it waits for answers
        input.isEnded()
            || SessionLifecycle.of(session).isEnding()
            || input.isSuspended(Input.Reason.ANSWERS_PENDING)
            || WriteQueue.isEnding(session);
    return ends && InFlight.of(session).count() > 0 && isOver(movedSince, idle(), now);
  }

  private Duration idle() {
    return IdleTimeout.of(session, deadlines.idle());
  }

  /**
   * What it took from one look to another, a window apart, between which something always waited;
   * less than 0 if that is enough, or cannot be said yet.
   */
  private long tookLess(int now) {
    if (deadlines.outboundRate() == 0 || session.getWriteRequestQueue().isEmpty(session)) {
      waitingSeen = false;
      return -1;
    }
    if (!waitingSeen) {
      waitingSeen = true;
      takenSince = now;
      taken = writtenSeen;
    }
    if (!isOver(takenSince, deadlines.outboundWindow(), now)) {
      return -1;
    }
    long took = writtenSeen - taken;
    takenSince = now;
    taken = writtenSeen;
    return took < deadlines.leastTaken() ? took : -1;
  }

  private void checkPeer(int now) {
    SessionState state = SessionState.of(session);
    SessionState.CodecState frames = state.codec();
    SessionState.Handshake tls = state.tls();
    int delivered = frames == null ? 0 : frames.delivered();
    boolean inFrame = frames != null && frames.isInFrame();
    boolean reads = !Input.of(session).isSuspended();
    boolean counts = inFrame && reads;
    if (!counts || !frameSeen || delivered != deliveredSeen) {
      frameSince = now;
    }
    frameSeen = counts;
    deliveredSeen = delivered;
    long record = reads && tls != null ? tls.recordBegun() : 0;
    if (record == 0 || record != recordSeen) {
      recordSince = now;
    }
    recordSeen = record;
    if (isOver(frameSince, deadlines.frame(), now) || isOver(recordSince, deadlines.frame(), now)) {
      late(EndReason.FRAME_TIMEOUT, "frame not complete after " + shown(deadlines.frame()));
    } else if (delivered == 0
        && isOver(sentSince, deadlines.firstFrame(), now)
        && !InFlight.isAny(session)) {
      late(EndReason.FIRST_FRAME_TIMEOUT, "no first frame for " + shown(deadlines.firstFrame()));
    } else if (isOver(quietSince, idle(), now)) {
      late(EndReason.IDLE_TIMEOUT, "idle for " + shown(idle()));
    }
  }

  private static boolean isOver(int since, Duration deadline, int now) {
    return !deadline.isZero() && now - since >= deadline.toMillis();
  }

  private static String shown(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
