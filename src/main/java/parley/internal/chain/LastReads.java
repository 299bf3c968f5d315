package parley.internal.chain;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.internal.loop.Deadline;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;

/**
 * Reads what one session has been sent when its drain begins, and then ends it: reads on for a
 * time, and until a round of its loop brings nothing.
 *
 * <p>One round is not enough. A peer's kernel sends on only when its window opens, which the first
 * read does, and on a busy machine it may be late with that. So it is where reading was suspended,
 * or the session held back by a handshake, and the time begins anew behind that, as far as one of
 * the checks within it sees that. Used on the loop's thread only.
 */
final class LastReads extends Deadline {

  private static final int CHECKS = 8;

  private final Duration settling;
  private final int until;
  private final Runnable end;
  private int since;

  /**
   * Of a session.
   *
   * @param settling it is read for so long at least
   * @param until the latest end but for that: then what was read is still answered
   * @param end runs once nothing more is to be read
   */
  LastReads(IoSession session, Duration settling, int until, Runnable end) {
    super(session);
    this.settling = settling;
    this.since = EventLoop.now(session);
    this.until = latest(since + (int) settling.toMillis(), until);
    this.end = end;
  }

  void begin() {
    dueAt(since + oneCheck());
  }

  private int oneCheck() {
    return Math.max(1, (int) settling.toMillis() / CHECKS);
  }

  @Override
  protected int check(int now) {
    since = isHeldUp() ? now : since;
    if (now - until >= 0) {
      endBehindFrames();
    } else if (left(since, settling, now) <= 0) {
      nextRound();
    } else {
      return oneCheck();
    }
    return NEVER;
  }

  private void nextRound() {
    long before = session.getReadBytes();
    EventLoop.onLoopOf(
        session,
        () -> {
          int now = EventLoop.now(session);
          if (now - until >= 0) {
            endBehindFrames();
          } else if (isHeldUp()) {
            since = now;
            begin();
          } else if (session.getReadBytes() != before) {
            nextRound();
          } else {
            end.run();
          }
        });
  }

  /** What was read and waits, as frames or below them, is handled before. */
  private void endBehindFrames() {
    Input input = Input.of(session);
    boolean waits =
        input.isSuspended(Input.Reason.FRAMES_WAITING)
            || input.isSuspended(Input.Reason.END_WAITING);
    if (waits && !SessionLifecycle.of(session).isEnding()) {
      input.suspend(Input.Reason.STOPPED);
      InFlight.of(session).whenNone(() -> EventLoop.onLoopOf(session, this::endBehindFrames));
    } else {
      end.run();
    }
  }

  /** Whether reading is suspended, but not for good, or the session held back. */
  private boolean isHeldUp() {
    Input input = Input.of(session);
    return (input.isSuspended() && !SessionLifecycle.of(session).isEnding())
        || HoldingFilter.isHeld(session);
  }
}
