package parley.internal.chain;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.loop.AnswerAccess;
import parley.internal.loop.Deadline;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Handover;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.internal.telemetry.RareLog;
import parley.session.EndReason;

/**
 * Runs the events of one session one by one on an executor, a share before the events of other
 * sessions. Each event is in progress from when it is added until it is handled. Thread-safe.
 */
final class EventQueue implements SessionState.HandlerQueue {

  private static final RareLog REJECTED =
      new RareLog(LoggerFactory.getLogger(EventQueue.class), Level.ERROR);
  private static final int SHARE = 64;

  /**
   * An event.
   *
   * @param frame the frame for the handler; null for another event
   * @param timeout how long the answer may take; zero for no limit
   * @param since when it was added, in the time of EventLoop.now
   * @param read when the frame was read, in the time of EventLoop.nanos
   */
  private record Entry(
      AroundFilter.Event event, @Nullable Object frame, Duration timeout, int since, long read) {}

  private final IoSession session;
  private final Executor executor;
  private final int most;
  private final String listener;
  private final Input.Gate gate;
  private final Queue<Entry> entries = new ArrayDeque<>(4);
  private int frames;
  private boolean running;
  private volatile @Nullable Thread thread;
  private @Nullable WaitDeadline deadline;
  private volatile int frameSince;
  private volatile long frameRead;

  EventQueue(IoSession session, Executor executor, int most, String listener) {
    this.session = session;
    this.executor = executor;
    this.most = most;
    this.listener = listener;
    this.gate = Input.of(session).gate(Input.Reason.EXECUTOR_FULL);
  }

  boolean isRunBy(Thread asked) {
    return thread == asked;
  }

  @Override
  public int frameSince() {
    return frameSince;
  }

  @Override
  public long frameRead() {
    return frameRead;
  }

  @Override
  public void execute(Runnable task) {
    add(task::run);
  }

  void add(AroundFilter.Event event) {
    put(new Entry(event, null, Duration.ZERO, 0, 0));
  }

  /** Adds a frame; called on the session's loop. */
  void addFrame(Object frame, AroundFilter.Event event) {
    Duration timeout = Duration.ZERO;
    AnswerAccess answers = AnswerAccess.of(session.getHandler());
    if (answers != null) {
      timeout = answers.timeout(session.getHandler(), session, frame);
    }
    int now = EventLoop.now(session);
    WriteBatch batch = WriteBatch.of(session);
    long read = batch == null ? EventLoop.nanos(session) : batch.since();
    put(new Entry(event, frame, timeout, now, read));
    if (!timeout.isZero()) {
      if (deadline == null) {
        deadline = new WaitDeadline();
      }
      deadline.dueAfter(now, timeout);
    }
  }

  private void put(Entry entry) {
    InFlight.of(session).enter();
    synchronized (this) {
      entries.add(entry);
      frames += entry.frame == null ? 0 : 1;
      gate.update(frames, most - 1, most / 2);
      if (running) {
        return;
      }
      running = true;
    }
    start();
  }

  private void start() {
    boolean goesOn = true;
    while (goesOn && !isTaken()) {
      goesOn = runShare();
    }
  }

  private boolean isTaken() {
    try {
      executor.execute(this::run);
      return true;
    } catch (RejectedExecutionException | Error e) { // such as: no thread could be created
      REJECTED.log("executor rejected an event, which runs on the calling thread", e);
      return false;
    }
  }

  private void run() {
    if (runShare()) {
      start();
    }
  }

  /** Runs a share; returns whether more may be left. */
  private boolean runShare() {
    thread = Thread.currentThread();
    for (int left = SHARE; left > 0; left--) {
      Entry next = take();
      if (next == null) {
        return false;
      }
      run(next);
    }
    thread = null;
    return true;
  }

  private synchronized @Nullable Entry take() {
    Entry next = entries.poll();
    if (next == null) {
      thread = null; // before another thread may run the queue
      running = false;
      return null;
    }
    if (next.frame != null) {
      frames--;
      frameSince = next.since;
      frameRead = next.read;
      Input.of(session).taken();
    }
    gate.update(frames, most - 1, most / 2);
    return next;
  }

  private void run(Entry entry) {
    try {
      if (entry.frame == null || !SessionLifecycle.of(session).dropsFrames()) {
        LogContext.current().during(session, listener, entry.event);
      }
    } catch (Exception | Error alreadyReported) {
      // MINA's chain has passed it to exceptionCaught before it threw it again
    } finally {
      Input.of(session).placed();
      Thread.interrupted();
      InFlight.of(session).leave();
    }
  }

  /** Returns the oldest waiting frame: the answers to later frames come after its answer. */
  private synchronized @Nullable Entry eldest() {
    for (Entry entry : entries) {
      if (entry.frame != null) {
        return entry;
      }
    }
    return null;
  }

  /** Returns the milliseconds until the first frame has waited too long. */
  private synchronized int left(int now) {
    int left = Integer.MAX_VALUE;
    for (Entry entry : entries) {
      if (entry.frame != null) {
        left = Math.min(left, Deadline.left(entry.since, entry.timeout, now));
      }
    }
    return left;
  }

  /**
   * Returns whether a late frame still waits and can end the session: no later frame is handled,
   * and the previous one has its place among the answers. Otherwise the next check follows soon.
   */
  private synchronized boolean isLast(Entry late) {
    if (Input.of(session).isPlacing() || !entries.remove(late)) {
      return false;
    }
    frames--;
    SessionLifecycle.of(session).beginEnd(EndReason.ANSWER_TIMEOUT, QueuedFrames.DROPPED);
    return true;
  }

  private void timeOut(Entry late) {
    AnswerAccess answers = AnswerAccess.of(session.getHandler());
    if (late.frame != null && answers != null && isLast(late)) {
      answers.timedOut(session.getHandler(), session, late.frame, late.timeout, late.read);
      InFlight.of(session).leave();
    }
  }

  /** Checks how long frames wait for a thread. */
  private final class WaitDeadline extends Deadline {

    /**
     * The milliseconds until the next check, while the oldest frame is late but cannot end the
     * session yet.
     */
    private static final int SOON = 5;

    /**
     * The milliseconds until the next check, while a later frame is late, whose turn comes after
     * the oldest.
     */
    private static final int LATER = 100;

    WaitDeadline() {
      super(EventQueue.this.session);
    }

    @Override
    protected int check(int now) {
      Entry eldest = eldest();
      int again = LATER;
      if (eldest != null && left(eldest.since, eldest.timeout, now) <= 0) {
        Handover.run(session, () -> timeOut(eldest));
        again = SOON;
      }
      int left = EventQueue.this.left(now);
      return left > 0 ? left : again;
    }
  }
}
