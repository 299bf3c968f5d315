package parley.internal.chain;

import java.time.Duration;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Deadlines;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.PluginContext;
import parley.internal.loop.SessionDeadlines;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Once;
import parley.internal.loop.SessionLifecycle.Rest;
import parley.internal.loop.WriteQueue;
import parley.session.EndReason;

/**
 * Begins the deadlines of a session, and lets it end only when nothing of it is in flight: at the
 * peer's end of stream (half-close) and in a drain.
 *
 * <p>The handler's {@code inputClosed} is called when every frame before it is answered and the
 * kernel has the answers, so MINA's default there, {@code closeNow}, loses nothing. A frame is in
 * flight while the filters and the handler above have it on the loop's thread, in its turn; whoever
 * hands it to another thread counts it by {@link InFlight}. One instance serves one listener.
 */
public final class DrainFilter extends IoFilterAdapter {

  /** Room for a kernel that is busy, and for the round trip of most networks. */
  private static final Duration SETTLING = Duration.ofMillis(100);

  private volatile Duration settling = SETTLING;
  private volatile Duration readFor = SETTLING;
  private @Nullable Integer readUntil; // under the lock
  private volatile boolean draining;

  private final PluginContext context;
  private final Deadlines deadlines;

  /**
   * Of one listener.
   *
   * @param context what its protocol runs with
   * @param deadlines of its sessions, from when they are let through to all above
   */
  public DrainFilter(PluginContext context, Deadlines deadlines) {
    this.context = context;
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
   * From now on lets all sessions end that open or are {@link #drain}ed: a session still reads what
   * it has been sent, answers that, says goodbye, and closes.
   *
   * @param most a session that is sent more and more is read for so long
   */
  public void begin(Duration most) {
    settling = most.compareTo(SETTLING) < 0 ? most : SETTLING;
    readFor = most;
    draining = true;
  }

  /** Lets a session end; once is enough. Returns at once; any thread may call. */
  public void drain(IoSession session) {
    if (EventLoop.of(session) == null) {
      end(session);
    } else if (SessionLifecycle.of(session).happens(Once.LAST_READS)) {
      EventLoop.onLoopOf(
          session,
          () -> new LastReads(session, settling, readUntil(session), () -> end(session)).begin());
    }
  }

  /** As of the first session that is drained. */
  private synchronized int readUntil(IoSession session) {
    Integer known = readUntil;
    if (known == null) {
      known = EventLoop.now(session) + (int) readFor.toMillis();
      readUntil = known;
    }
    return known;
  }

  private static void end(IoSession session) {
    if (session.isClosing() || !SessionLifecycle.of(session).happens(Once.DRAIN)) {
      return;
    }
    SessionLifecycle.of(session)
        .endPolitely(
            EndReason.DRAIN,
            Rest.HANDLED,
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
    WriteQueue.boundEnd(session);
    InFlight.of(session)
        .whenSent(
            () -> {
              if (!session.isClosing()) {
                context.run(() -> next.inputClosed(session)); // outside of the guard's events
              }
            });
  }
}
