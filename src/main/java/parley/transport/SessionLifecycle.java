package parley.transport;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/** Keeps how far a session is on its way to its end. Any thread may call. */
public final class SessionLifecycle {

  /** What happens once in a session. */
  public enum Once {
    /** A drain reads what the peer has sent. */
    LAST_READS(1),
    /** A drain ends it. */
    ENDING(2),
    /** It has failed. */
    FAULT(4),
    /** A defect of its code was logged. */
    DEFECT(8);

    private final int bit;

    Once(int bit) {
      this.bit = bit;
    }
  }

  private int happened; // a bit each; under the lock
  private boolean over; // under the lock
  private volatile boolean begun;
  private volatile boolean lasts;
  private volatile boolean closes;
  private volatile boolean closeFailed;
  private volatile @Nullable Swept lingering;

  SessionLifecycle() {}

  /** That of a session. */
  public static SessionLifecycle of(IoSession session) {
    return SessionState.of(session).lifecycle();
  }

  /** Notes that something happens; returns whether it is for the first time. */
  public synchronized boolean happens(Once what) {
    boolean first = (happened & what.bit) == 0;
    happened |= what.bit;
    return first;
  }

  /** A close goes down the chain: what is thrown until {@link #closePassed} is one of it. */
  public void closePasses() {
    closeFailed = false;
    closes = true;
  }

  /** Something was thrown; if a close goes down the chain, it has failed. */
  public void thrown() {
    closeFailed |= closes;
  }

  /** The close has gone down the chain; returns whether it failed. */
  public boolean closePassed() {
    closes = false;
    return closeFailed;
  }

  /** What waits for the peer's end of stream, after this side's; null if nothing does. */
  public @Nullable Swept lingering() {
    return lingering;
  }

  /** From now on the session waits for the peer's end of stream. */
  public void linger(Swept deadline) {
    lingering = deadline;
  }

  /** The handler is notified of the session's end: it counts until {@link #over}. */
  public void begin() {
    begun = true;
  }

  /** The handler is notified of the end later, by whoever then calls {@link #over}. */
  public void last() {
    lasts = true;
  }

  /** The chain was notified of the end, and so its handler, unless that {@link #last}s. */
  public void chainNotified(IoSession session) {
    if (!lasts) {
      over(session);
    }
  }

  /** Counts the session no more, once; called after its handler's sessionClosed. */
  public void over(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && ends()) {
      loop.removed();
      if (session.getService() instanceof Acceptor acceptor) {
        acceptor.left(session);
      }
    }
  }

  /** Whether this is the first end. */
  private synchronized boolean ends() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** Its channel is closed: nobody will call {@link #over} if its handler never knew of it. */
  void channelClosed(IoSession session) {
    if (!begun) {
      over(session);
    }
  }
}
