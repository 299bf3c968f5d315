package parley.transport;

import org.apache.mina.core.session.IoSession;

/**
 * What its loop looks at now and then: the deadlines of a session. From {@link EventLoop#watch} to
 * {@link EventLoop#unwatch}, or until the session is gone.
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
   * Looks whether its time has come. Called on the loop's thread, between two turns.
   *
   * @param now when the sockets were last seen, in milliseconds as of {@link Sweep#now}
   */
  protected abstract void sweep(int now);
}
