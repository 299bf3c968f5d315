package parley.transport;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;

/**
 * What its loop looks at now and then: the deadlines of a session. From {@link #watch} to {@link
 * #unwatch}, or until the session is gone.
 */
public abstract class Swept {

  /** Whose deadlines they are. */
  protected final IoSession session;

  /** Its place in the loop's {@link Sweep}; less than 0 if it is in none. */
  int place = -1;

  /** The deadlines of a session. */
  protected Swept(IoSession session) {
    this.session = session;
  }

  /**
   * Is looked at from now on. Any thread may call.
   *
   * @param shortest the shortest of its deadlines, which says how often
   */
  public final void watch(Duration shortest) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null) {
      loop.change(sweep -> sweep.add(this, shortest));
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
