package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * Keeps what is true of one session's input: whether the peer has ended it, whether this side takes
 * no more of it, and who has suspended reading for now. Any thread may call.
 *
 * <p>Reading goes on only when nobody suspends it, so those who do need not know each other;
 * whoever calls MINA's {@code suspendRead} is one more of them.
 */
public final class Input {

  /** Who suspends reading for a while. */
  public enum Reason {
    /** More answers are pending than the bound allows. */
    ANSWERS_PENDING(1),
    /** This side has stopped taking input for good. */
    STOPPED(2),
    /** Frames that were read wait for the session's next turn. */
    FRAMES_WAITING(4),
    /** More waits to be sent than the bound allows. */
    OUTBOUND_FULL(8),
    /** More frames wait for the handler's executor than the bound allows. */
    EXECUTOR_FULL(16),
    /** What ends TLS waits until all before it is answered. */
    END_WAITING(32),
    /** Files that a new session's TLS is of are being read. */
    TLS_FILES(64);

    private final int bit;

    Reason(int bit) {
      this.bit = bit;
    }
  }

  /** While one of these is there, frames that were read are not handed on. */
  private static final int HOLD =
      Reason.OUTBOUND_FULL.bit | Reason.EXECUTOR_FULL.bit | Reason.ANSWERS_PENDING.bit;

  /**
   * Suspends reading above a high mark, until the amount is at or below a low one. Used by one
   * thread at a time.
   */
  public final class Gate {

    private final Reason reason;
    private boolean isShut;

    private Gate(Reason reason) {
      this.reason = reason;
    }

    /** Compares an amount with the marks. */
    public void update(int amount, int high, int low) {
      if (!isShut && amount > high) {
        isShut = true;
        suspend(reason);
      } else if (isShut && amount <= low) {
        isShut = false;
        resume(reason);
      }
    }
  }

  private final IoSession session;
  private volatile int reasons; // a bit each; changed under the lock
  private volatile boolean toTheEnd;
  private volatile boolean ended;
  private volatile int frameSince;
  private volatile boolean isFrameDelivered;
  private volatile boolean placing;
  private int waiting; // on the loop's thread

  Input(IoSession session) {
    this.session = session;
  }

  /** The input of a session. */
  public static Input of(IoSession session) {
    return SessionState.of(session).input();
  }

  /** Returns a gate that suspends reading for a reason, open at first. */
  public Gate gate(Reason reason) {
    return new Gate(reason);
  }

  /** Suspends reading until {@link #resume} for the same reason. */
  public synchronized void suspend(Reason reason) {
    if (toTheEnd) {
      return;
    }
    boolean first = reasons == 0;
    reasons |= reason.bit;
    if (first) {
      changed();
    }
  }

  /**
   * Takes one reason back; reading goes on when it was the last one, and frames that were held are
   * handed on.
   */
  public void resume(Reason reason) {
    boolean held;
    synchronized (this) {
      held = holdsFrames();
      boolean any = reasons != 0;
      reasons &= ~reason.bit;
      if (any && reasons == 0) {
        changed();
      }
    }
    if (held && !holdsFrames() && isSuspended(Reason.FRAMES_WAITING)) {
      EngineEvent.nextTurn(session);
    }
  }

  /** Whether frames that were read are not handed on for now. */
  public boolean holdsFrames() {
    return (reasons & HOLD) != 0;
  }

  /** Whether reading is suspended, by anybody. */
  public boolean isSuspended() {
    return !toTheEnd && (reasons != 0 || session.isReadSuspended());
  }

  /** Whether reading is suspended for a reason. */
  public boolean isSuspended(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  /**
   * Reads again, whoever suspends it, until the peer's end of stream: for a session that is closing
   * and drops what it reads.
   */
  synchronized void readToTheEnd() {
    reasons = 0; // before: who finds reading resumed finds no reason left
    toTheEnd = true;
    changed();
  }

  /** The loop looks at {@link #isSuspended()} anew. */
  private void changed() {
    if (session instanceof NioSession nio && nio.isConnected()) {
      nio.getProcessor().updateTrafficControl(nio);
    }
  }

  /**
   * Says how much of what was read waits for another turn; the loop reads less at a time when that
   * is much in all. Called on the loop's thread.
   *
   * @param bytes about how many there are now
   */
  public void setWaiting(int bytes) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && bytes != waiting) {
      loop.reader().addWaiting(bytes - waiting);
      waiting = bytes;
    }
  }

  /**
   * Says when the frame was delivered that the handler's thread has taken; until {@link #placed} no
   * later frame may get a place among the answers.
   */
  public void taken(int since) {
    frameSince = since;
    isFrameDelivered = true;
    placing = true;
  }

  /**
   * When the frame that the handler has now was delivered, as of {@link EventLoop#now}; now, if
   * nobody has said: it came by an executor that is not Parley's.
   */
  public int deliveredSince() {
    return isFrameDelivered ? frameSince : EventLoop.now(session);
  }

  /** The frame that was taken has its place among the answers, or needs none. */
  public void placed() {
    placing = false;
  }

  /** Whether a frame was taken that has no place among the answers yet. */
  public boolean isPlacing() {
    return placing;
  }

  /** Whether the peer has ended its side: its FIN was read, and all that came before it. */
  public boolean isEnded() {
    return ended;
  }

  void setEnded() {
    ended = true;
  }
}
