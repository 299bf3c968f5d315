package parley.transport;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a session that its reads and writes put off. The loop notes the time of each;
 * what is due later by that is found out at the next check. Used on the loop's thread.
 */
public abstract class ActivityDeadlines extends Deadline {

  /** When bytes were last read. */
  protected int readAt;

  /** When bytes were last written. */
  protected int sentAt;

  /** When the last that was in flight was over. */
  protected volatile int leftAt;

  /** Of a session whose time begins now. */
  protected ActivityDeadlines(IoSession session) {
    super(session);
    readAt = sentAt = leftAt = EventLoop.now(session);
  }

  /** Those of a session, if it has any. Any thread may call. */
  static @Nullable ActivityDeadlines of(IoSession session) {
    return SessionState.of(session).deadlines();
  }

  /** The last that was in flight is over. Any thread may call. */
  final void noneInFlight() {
    EventLoop loop = EventLoop.of(session);
    leftAt = loop != null && loop.isLoopThread() ? loop.now() : EventLoop.now(session);
  }

  /** Bytes of the session were read and handed on. */
  final void read(int now) {
    readAt = now;
    receivedSome(now);
  }

  /** What is queued was written, as far as the socket takes it: some bytes or none. */
  final void flushed(boolean some, int now) {
    sentAt = some ? now : sentAt;
    leaves(!session.getWriteRequestQueue().isEmpty(session), now);
  }

  /** Whether a frame has begun may have changed. */
  protected abstract void receivedSome(int now);

  /** Reading goes on, which was suspended. */
  protected abstract void resumed(int now);

  /** A flush leaves something that the socket does not take yet, or nothing. */
  protected abstract void leaves(boolean any, int now);
}
