package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * A deadline of one session, or several in one. The {@link ExpirySweeper} of the session's loop
 * calls {@link #check} when it may be due, in the session's log context and guarded: what is thrown
 * ends the session. When the session's channel has closed, its deadlines are gone.
 *
 * <p>Times are milliseconds of {@link EventLoop#now}, which wrap around, so only differences count.
 * Unless stated otherwise, methods are called on the loop's thread.
 */
public abstract class Deadline {

  /** Not due by what is known now. */
  protected static final int NEVER = Integer.MAX_VALUE;

  /** A day: no check is later, so that times that wrap around are never far apart. */
  protected static final int LONGEST = 24 * 60 * 60 * 1000;

  /** The session that the deadline is of. */
  protected final IoSession session;

  @Nullable Deadline next; // of the same session, while both are filed
  int place; // in the sweeper's heap, while it is filed
  volatile int expiry; // set before filed is
  volatile boolean filed;

  /** A deadline that is due when {@link #dueAt} says so. */
  protected Deadline(IoSession session) {
    this.session = session;
  }

  /**
   * A deadline that is due once, a time from now on.
   *
   * @param action runs then, on the loop's thread; never, if the time is zero
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

  /** Milliseconds until a time has passed since {@code since}; never, if that time is zero. */
  public static int left(int since, Duration time, int now) {
    return time.isZero() ? NEVER : (int) time.toMillis() + 1 - (now - since);
  }

  /** A time as good as {@code since} for all deadlines, whose difference does not wrap around. */
  protected static int recent(int since, int now) {
    return now - since > 2 * LONGEST ? now - 2 * LONGEST : since;
  }

  /** The later one of two times. */
  protected static int latest(int one, int other) {
    return one - other > 0 ? one : other;
  }

  /** As {@link #dueAt}, a time from now on; zero for never. Any thread may call. */
  public final void dueIn(Duration time) {
    dueAfter(EventLoop.now(session), time);
  }

  /** As {@link #dueAt}, when a time has passed since {@code since}; zero for never. */
  public final void dueAfter(int since, Duration time) {
    if (!time.isZero()) {
      dueAt(since + left(since, time, since));
    }
  }

  /**
   * Is checked at a time, unless it is checked before that anyway. To be checked later it need not
   * be called: a check that comes too early returns what is left. Any thread may call; what a check
   * is to find is set before.
   */
  public final void dueAt(int time) {
    boolean isFiled = filed; // before the expiry: a check that has begun may not have seen all
    if (!isFiled || expiry - time > 0) {
      EventLoop loop = EventLoop.of(session);
      if (loop != null) {
        loop.change(sweeper -> sweeper.file(this, time));
      }
    }
  }

  /** Is not due any more. Any thread may call. */
  public final void withdraw() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.change(sweeper -> sweeper.remove(this));
    }
  }

  /**
   * Does what is due.
   *
   * @param now when the sockets were last seen: what came until then is read
   * @return the milliseconds until the next check; at least 1 pass; {@link #NEVER} for no check
   *     until {@link #dueAt}
   */
  protected abstract int check(int now);
}
