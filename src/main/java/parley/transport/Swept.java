package parley.transport;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * What its loop looks at now and then: the deadlines of a session. From {@link #watch} to {@link
 * #unwatch}, or until the session is gone.
 */
public abstract class Swept {

  /** Whose deadlines they are. */
  protected final IoSession session;

  /** Where the loop's {@link Sweep} keeps it; null if it does not. */
  Sweep.@Nullable Group group;

  /** Its place there. */
  int place;

  private Duration shortest = Duration.ZERO;

  /** The deadlines of a session. */
  protected Swept(IoSession session) {
    this.session = session;
  }

  /**
   * Is looked at from now on; again, as often as its new deadlines ask for. Any thread may call.
   *
   * @param shortest the shortest of its deadlines, which says how often
   */
  public final void watch(Duration shortest) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.change(sweep -> sweep.add(this, shortest));
    }
  }

  /**
   * As {@link #watch}, unless it is looked at as often already. One thread at a time may call.
   *
   * @param deadline one more deadline; zero for none
   */
  public final void watchAtLeast(Duration deadline) {
    if (!deadline.isZero() && (shortest.isZero() || deadline.compareTo(shortest) < 0)) {
      shortest = deadline;
      watch(deadline);
    }
  }

  /** Is looked at no more. Any thread may call. */
  public final void unwatch() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.change(sweep -> sweep.remove(this));
    }
  }

  /**
   * Looks whether its time has come. Called on the loop's thread, between two turns.
   *
   * @param now when the sockets were last seen, in milliseconds as of {@link Sweep#now}
   */
  protected abstract void sweep(int now);
}
