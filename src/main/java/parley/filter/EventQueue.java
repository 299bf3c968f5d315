package parley.filter;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.transport.InFlight;
import parley.transport.Input;
import parley.transport.RareLog;

/**
 * Runs the events of one session one by one on an executor, a share before those of others. Each is
 * in flight from when it is added until it was handled. Any thread may call.
 */
final class EventQueue {

  private static final RareLog REJECTED =
      new RareLog(LoggerFactory.getLogger(EventQueue.class), Level.ERROR);
  private static final int SHARE = 64;

  private record Entry(AroundFilter.Event event, boolean isFrame) {}

  private final IoSession session;
  private final Executor executor;
  private final int most;
  private final String listener;
  private final Queue<Entry> entries = new ArrayDeque<>(4);
  private int frames;
  private boolean full;
  private boolean running;
  private volatile @Nullable Thread thread;

  EventQueue(IoSession session, Executor executor, int most, String listener) {
    this.session = session;
    this.executor = executor;
    this.most = most;
    this.listener = listener;
  }

  boolean isRunBy(Thread asked) {
    return thread == asked;
  }

  void add(AroundFilter.Event event) {
    put(new Entry(event, false));
  }

  void addFrame(AroundFilter.Event event) {
    put(new Entry(event, true));
  }

  private void put(Entry entry) {
    InFlight.of(session).enter();
    synchronized (this) {
      entries.add(entry);
      frames += entry.isFrame ? 1 : 0;
      if (!full && frames >= most) {
        full = true;
        Input.of(session).suspend(Input.Reason.EXECUTOR_FULL);
      }
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
    } catch (RejectedExecutionException | Error e) { // such as: no thread could be made
      REJECTED.log("the executor takes no more events, so they are handled here", e);
      return false;
    }
  }

  private void run() {
    if (runShare()) {
      start();
    }
  }

  /** Returns whether more may be left. */
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
      thread = null; // before another one may run it
      running = false;
      return null;
    }
    frames -= next.isFrame ? 1 : 0;
    if (full && frames <= most / 2) {
      full = false;
      Input.of(session).resume(Input.Reason.EXECUTOR_FULL);
    }
    return next;
  }

  private void run(Entry entry) {
    try {
      if (!entry.isFrame || !Input.of(session).dropsFrames()) {
        LogContext.current().during(session, listener, entry.event);
      }
    } catch (Exception | Error alreadyReported) {
      // MINA's chain has handed it to exceptionCaught before it threw it again
    } finally {
      Thread.interrupted();
      leave();
    }
  }

  /** Here, too, what waited may throw, and the events behind this one must go on. */
  private void leave() {
    try {
      InFlight.of(session).leave();
    } catch (RuntimeException | Error thrown) {
      session.getFilterChain().fireExceptionCaught(thrown);
    }
  }
}
