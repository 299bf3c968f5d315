package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * The state of one session's input: whether the peer has ended it, whether this side accepts more
 * of it, and the reasons for suspending reading. Thread-safe.
 *
 * <p>Reading resumes only when no reason remains, so the code that suspends it need not coordinate.
 * A caller of MINA's {@code suspendRead} is one more reason.
 */
public final class Input {

  /** The reasons for suspending reading. */
  public enum Reason {
    /** More answers are pending than the limit allows. */
    ANSWERS_PENDING(1),
    /** This side accepts no more input. */
    STOPPED(2),
    /** Frames that were read wait for the session's next turn. */
    FRAMES_WAITING(4),
    /** More data waits to be sent than the limit allows. */
    OUTBOUND_FULL(8),
    /** More frames wait for the handler's executor than the limit allows. */
    EXECUTOR_FULL(16),
    /** The end of TLS waits until everything before it is answered. */
    END_WAITING(32),
    /** The TLS files for a new session are being read. */
    TLS_FILES(64);

    private final int bit;

    Reason(int bit) {
      this.bit = bit;
    }
  }

  /** With one of these reasons, frames that were read are not handed on. */
  private static final int HOLD =
      Reason.OUTBOUND_FULL.bit | Reason.EXECUTOR_FULL.bit | Reason.ANSWERS_PENDING.bit;

  /**
   * A gate that suspends reading above a high mark, until the amount is at or below a low one. Used
   * by one thread at a time.
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
  private volatile boolean placing;
  private int waiting; // on the event-loop thread

  Input(IoSession session) {
    this.session = session;
  }

  /** Returns the input of a session. */
  public static Input of(IoSession session) {
    return SessionState.of(session).input();
  }

  /** Returns a gate that suspends reading for a reason; it is open at first. */
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

  /** Removes a reason. If it was the last one, reading resumes and held frames are handed on. */
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

  /** Returns whether frames that were read are held for now. */
  public boolean holdsFrames() {
    return (reasons & HOLD) != 0;
  }

  /** Returns whether reading is suspended, for any reason. */
  public boolean isSuspended() {
    return !toTheEnd && (reasons != 0 || session.isReadSuspended());
  }

  /** Returns whether reading is suspended for a given reason. */
  public boolean isSuspended(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  /**
   * Reads again despite all reasons, until the peer's end of stream: for a closing session that
   * drops the data that it reads.
   */
  synchronized void readToTheEnd() {
    reasons = 0; // first, so that code that sees reading resumed finds no reason left
    toTheEnd = true;
    changed();
  }

  /** Makes the loop check {@link #isSuspended()} again. */
  private void changed() {
    if (session instanceof NioSession nio && nio.isConnected()) {
      nio.getProcessor().updateTrafficControl(nio);
    }
  }

  /**
   * Sets how much of the data that was read waits for another turn. The loop reads less at a time
   * if this is much in total. Called on the event-loop thread.
   *
   * @param bytes the approximate number of bytes
   */
  public void setWaiting(int bytes) {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && bytes != waiting) {
      loop.reader().addWaiting(bytes - waiting);
      waiting = bytes;
    }
  }

  /**
   * Notes that the handler's thread has taken a frame. Until {@link #placed}, no later frame may
   * get a place among the answers.
   */
  public void taken() {
    placing = true;
  }

  /**
   * Returns when the handler's current frame was delivered, by {@link EventLoop#now}; now, if that
   * is unknown because it came through a foreign executor.
   */
  public int deliveredSince() {
    SessionState.HandlerQueue queue = SessionState.of(session).events();
    return queue == null || queue.frameRead() == 0 ? EventLoop.now(session) : queue.frameSince();
  }

  /** Returns when that frame was read, by {@link EventLoop#nanos}; now, if that is unknown. */
  public long deliveredRead() {
    SessionState.HandlerQueue queue = SessionState.of(session).events();
    long read = queue == null ? 0 : queue.frameRead();
    return read == 0 ? EventLoop.nanos(session) : read;
  }

  /** Notes that the frame that was taken has its place among the answers, or needs none. */
  public void placed() {
    placing = false;
  }

  /** Returns whether a frame was taken that has no place among the answers yet. */
  public boolean isPlacing() {
    return placing;
  }

  /** Returns whether the peer has ended its side: its FIN was read, and everything before it. */
  public boolean isEnded() {
    return ended;
  }

  void setEnded() {
    ended = true;
  }
}
