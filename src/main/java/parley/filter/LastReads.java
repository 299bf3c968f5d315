package parley.filter;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.transport.EventLoop;
import parley.transport.InFlight;
import parley.transport.Input;
import parley.transport.Sweep;
import parley.transport.Swept;

/**
 * Reads what one session has been sent when its drain begins, and then ends it: reads on for {@link
 * #SETTLING}, and until a round of its loop brings nothing.
 *
 * <p>One round is not enough. A peer's kernel sends on only when its window opens, which the first
 * read does, and on a busy machine it may be late with that. So it is where reading was suspended,
 * and the time begins anew. Used on the loop's thread only.
 */
final class LastReads extends Swept {

  /** Room for a kernel that is busy, and for the round trip of most networks. */
  private static final Duration SETTLING = Duration.ofMillis(100);

  private final EventLoop loop;
  private final long until;
  private final Runnable end;
  private int since = Sweep.now();

  /**
   * Of a session.
   *
   * @param until the latest end, as of System.nanoTime: then what was read is still answered
   * @param end runs once nothing more is to be read
   */
  LastReads(IoSession session, EventLoop loop, long until, Runnable end) {
    super(session);
    this.loop = loop;
    this.until = until;
    this.end = end;
  }

  void begin() {
    loop.watch(this, SETTLING);
  }

  @Override
  protected void sweep(int now) {
    if (isLate()) {
      loop.unwatch(this);
      endBehindFrames();
    } else if (isSuspended()) {
      since = now;
    } else if (now - since >= SETTLING.toMillis()) {
      loop.unwatch(this);
      nextRound();
    }
  }

  private void nextRound() {
    long before = session.getReadBytes();
    loop.execute(
        () -> {
          if (isLate()) {
            endBehindFrames();
          } else if (isSuspended()) {
            since = Sweep.now();
            begin();
          } else if (session.getReadBytes() != before) {
            nextRound();
          } else {
            end.run();
          }
        });
  }

  /** Frames that were read and wait for something are handled before. */
  private void endBehindFrames() {
    if (isSuspended()) {
      Input.of(session).suspend(Input.Reason.STOPPED);
      InFlight.of(session).whenNone(() -> loop.execute(end));
    } else {
      end.run();
    }
  }

  private boolean isLate() {
    return System.nanoTime() - until >= 0;
  }

  /** Whether reading is suspended, but not for good. */
  private boolean isSuspended() {
    Input input = Input.of(session);
    return input.isSuspended() && !input.isStopped();
  }
}
