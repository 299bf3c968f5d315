package parley.internal.chain;

import java.time.Duration;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Deadline;
import parley.internal.loop.Deadlines;
import parley.internal.loop.EngineEvent;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionDeadlines;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.session.DrainEvent;
import parley.session.EndReason;

/**
 * Starts the deadlines of a session, and lets the session end only when nothing of it is in
 * progress: at the peer's end of stream (half-close) and in a drain.
 *
 * <p>The handler's {@code inputClosed} is called when every frame before it is answered and the
 * kernel has the answers. So MINA's default there, {@code closeNow}, loses nothing. A frame is in
 * progress while the filters and the handler above have it on the event-loop thread, in its turn.
 * Code that hands it to another thread counts it by {@link InFlight}. One instance serves one
 * listener.
 */
public final class DrainFilter extends IoFilterAdapter {

  /** Allows for a busy kernel, and for the round trip of most networks. */
  private static final Duration SETTLING = Duration.ofMillis(100);

  private volatile Duration settling = SETTLING;
  private volatile Duration readFor = SETTLING;
  private @Nullable Integer readUntil; // under the lock
  private volatile boolean draining;

  private final Deadlines deadlines;

  /**
   * Creates the filter of one listener.
   *
   * @param deadlines the deadlines of its sessions, from when they are let through to the filters
   *     above
   */
  public DrainFilter(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    if (deadlines.isAny()) {
      SessionDeadlines.of(session).begin(deadlines);
    }
    next.sessionCreated(session);
  }

  /**
   * Lets all sessions end that open or are {@link #drain}ed from now on. A session still reads the
   * data that it has been sent, answers it, sends its goodbye, and closes.
   *
   * @param most how long a session is read if its peer keeps sending
   */
  public void begin(Duration most) {
    settling = most.compareTo(SETTLING) < 0 ? most : SETTLING;
    readFor = most;
    draining = true;
  }

  /** Lets a session end; further calls do nothing. Returns at once; any thread may call this. */
  public void drain(IoSession session) {
    if (EventLoop.of(session) == null) {
      end(session);
    } else if (SessionLifecycle.of(session).happens(Mark.LAST_READS)) {
      EventLoop.onLoopOf(
          session, () -> new LastReads(session, settling, readUntil(session)).begin());
    }
  }

  /** Returns the time limit, which starts with the first session that is drained. */
  private synchronized int readUntil(IoSession session) {
    Integer known = readUntil;
    if (known == null) {
      known = EventLoop.now(session) + (int) readFor.toMillis();
      readUntil = known;
    }
    return known;
  }

  private static void end(IoSession session) {
    if (session.isClosing() || !SessionLifecycle.of(session).happens(Mark.DRAIN)) {
      return;
    }
    SessionLifecycle.of(session)
        .endPolitely(
            EndReason.DRAIN,
            QueuedFrames.HANDLED,
            null,
            () -> session.getFilterChain().fireEvent(DrainEvent.GOODBYE));
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    next.sessionOpened(session);
    if (draining) {
      drain(session);
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    SessionLifecycle.of(session).peerEnded();
    SessionLifecycle.of(session).endWhenSent();
    InFlight.of(session).whenSent(() -> EngineEvent.ALL_SENT.fire(session));
  }

  /**
   * Reports the end of stream as an event of the session, because the socket accepts the last
   * answer outside of one.
   */
  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (event != EngineEvent.ALL_SENT) {
      next.event(session, event);
    } else if (!session.isClosing()) {
      next.inputClosed(session);
    }
  }

  /**
   * Reads the data that one session has been sent when its drain starts, and then ends the session.
   * It reads for a time, and until a round of its loop brings nothing.
   *
   * <p>One round is not enough. A peer's kernel sends more only when its window opens, which the
   * first read causes, and on a busy machine that may take a while. The same holds after reading
   * was suspended, or a handshake held the session back. The time starts again if one of its checks
   * finds the session in that state. Used on the event-loop thread only.
   */
  private static final class LastReads extends Deadline {

    private static final int CHECKS = 8;

    private final Duration settling;
    private final int until;
    private int since;

    /**
     * Creates it for a session.
     *
     * @param settling the minimum time for which the session is read
     * @param until the latest end of reading; frames that were read are still answered after it
     */
    LastReads(IoSession session, Duration settling, int until) {
      super(session);
      this.settling = settling;
      this.since = EventLoop.now(session);
      this.until = latest(since + (int) settling.toMillis(), until);
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
              end(session);
            }
          });
    }

    /**
     * Ends the session after the data that was read and waits, as frames or below them, is handled.
     */
    private void endBehindFrames() {
      Input input = Input.of(session);
      boolean waits =
          input.isSuspended(Input.Reason.FRAMES_WAITING)
              || input.isSuspended(Input.Reason.END_WAITING);
      if (waits && !SessionLifecycle.of(session).isEnding()) {
        input.suspend(Input.Reason.STOPPED);
        InFlight.of(session).whenNone(() -> EventLoop.onLoopOf(session, this::endBehindFrames));
      } else {
        end(session);
      }
    }

    /** Returns whether reading is suspended for a while, or the session is held back. */
    private boolean isHeldUp() {
      Input input = Input.of(session);
      return (input.isSuspended() && !SessionLifecycle.of(session).isEnding())
          || HoldingFilter.isHeld(session);
    }
  }
}
