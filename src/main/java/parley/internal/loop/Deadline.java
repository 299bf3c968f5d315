package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * A deadline of one session, or several deadlines in one. The {@link ExpirySweeper} of the
 * session's loop calls {@link #check} when it may be due, in the session's log context. An
 * exception from the check ends the session. Deadlines are dropped when the session's channel
 * closes.
 *
 * <p>Times are milliseconds of {@link EventLoop#now}, which wrap around, so only differences count.
 * Unless stated otherwise, call these methods on the event-loop thread.
 */
public abstract class Deadline {

  /** The time of a deadline that nothing makes due yet. */
  protected static final int NEVER = Integer.MAX_VALUE;

  /**
   * One day, the longest time between two checks: times that wrap around never get too far apart.
   */
  protected static final int LONGEST = 24 * 60 * 60 * 1000;

  /** The session of this deadline. */
  protected final IoSession session;

  @Nullable Deadline next; // of the same session, while both are filed
  int place; // in the sweeper's heap, while this is filed
  volatile int expiry; // set before filed
  volatile boolean filed;

  /** Creates a deadline that is due when {@link #dueAt} sets a time. */
  protected Deadline(IoSession session) {
    this.session = session;
  }

  /**
   * Returns a deadline that is due once, after a time from now.
   *
   * @param action runs then, on the event-loop thread; never, if the time is zero
   */
  public static Deadline once(IoSession session, Duration time, Runnable action) {
    int since = EventLoop.now(session);
    Deadline made =
        new Deadline(session) {
          @Override
          protected int check(int now) {
            int left = left(since, time, now);
            if (left <= 0) {
              action.run();
              return NEVER;
            }
            return left;
          }
        };
    made.dueIn(time);
    return made;
  }

  /** Returns the milliseconds until a time has passed since {@code since}; never, if it is zero. */
  public static int left(int since, Duration time, int now) {
    return time.isZero() ? NEVER : (int) time.toMillis() + 1 - (now - since);
  }

  /**
   * Returns a time equivalent to {@code since} for all deadlines, so that differences do not wrap.
   */
  protected static int recent(int since, int now) {
    return now - since > 2 * LONGEST ? now - 2 * LONGEST : since;
  }

  /** Returns the later one of two times. */
  protected static int latest(int one, int other) {
    return one - other > 0 ? one : other;
  }

  /** Like {@link #dueAt}, with a time from now; zero for never. Any thread may call this. */
  public final void dueIn(Duration time) {
    dueAfter(EventLoop.now(session), time);
  }

  /** Like {@link #dueAt}, with a time since {@code since}; zero for never. */
  public final void dueAfter(int since, Duration time) {
    if (!time.isZero()) {
      dueAt(since + left(since, time, since));
    }
  }

  /**
   * Requests a check at a time, unless an earlier one is planned. This call is not needed to
   * postpone a check: a check that comes too early returns the time left. Set the data for the
   * check before the call. Any thread may call this.
   */
  public final void dueAt(int time) {
    boolean isFiled = filed; // before the expiry: a running check may have missed data
    if (!isFiled || expiry - time > 0) {
      EventLoop loop = EventLoop.of(session);
      if (loop != null) {
        loop.change(sweeper -> sweeper.file(this, time));
      }
    }
  }

  /** Cancels the deadline. Any thread may call this. */
  public final void withdraw() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.change(sweeper -> sweeper.remove(this));
    }
  }

  /**
   * Checks the deadline and acts if it is due.
   *
   * @param now when the sockets were last polled: data that came before is read
   * @return the milliseconds until the next check, at least 1; {@link #NEVER} for no check until
   *     {@link #dueAt}
   */
  protected abstract int check(int now);
}
