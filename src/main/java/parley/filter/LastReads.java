package parley.filter;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.transport.EventLoop;
import parley.transport.InFlight;
import parley.transport.Input;
import parley.transport.SessionLifecycle;
import parley.transport.Sweep;
import parley.transport.Swept;

/**
 * Reads what one session has been sent when its drain begins, and then ends it: reads on for a
 * time, and until a round of its loop brings nothing.
 *
 * <p>One round is not enough. A peer's kernel sends on only when its window opens, which the first
 * read does, and on a busy machine it may be late with that. So it is where reading was suspended,
 * or the session held back by a handshake, and the time begins anew behind that, as far as one of
 * the looks within it sees that. Used on the loop's thread only.
 */
final class LastReads extends Swept {

  private final Duration settling;
  private final long until;
  private final Runnable end;
  private int since = Sweep.now();

  /**
   * Of a session.
   *
   * @param settling it is read for so long at least
   * @param until the latest end but for that, as of System.nanoTime: then what was read is still
   *     answered
   * @param end runs once nothing more is to be read
   */
  LastReads(IoSession session, Duration settling, long until, Runnable end) {
    super(session);
    this.settling = settling;
    long settled = System.nanoTime() + settling.toNanos();
    this.until = settled - until > 0 ? settled : until;
    this.end = end;
  }

  void begin() {
    watch(settling);
  }

  @Override
  protected void sweep(int now) {
    if (isLate()) {
      unwatch();
      endBehindFrames();
    } else if (isHeldUp()) {
      since = now;
    } else if (now - since >= settling.toMillis()) {
      unwatch();
      nextRound();
    }
  }

  private void nextRound() {
    long before = session.getReadBytes();
    EventLoop.onLoopOf(
        session,
        () -> {
          if (isLate()) {
            endBehindFrames();
          } else if (isHeldUp()) {
            since = Sweep.now();
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

  private boolean isLate() {
    return System.nanoTime() - until >= 0;
  }

  /** Whether reading is suspended, but not for good, or the session held back. */
  private boolean isHeldUp() {
    Input input = Input.of(session);
    return (input.isSuspended() && !SessionLifecycle.of(session).isEnding())
        || HoldingFilter.isHeld(session);
  }
}
