package parley.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.internal.telemetry.Observers;
import parley.telemetry.LoopFigures;

/**
 * A fixed number of event loops that share the sessions in turn. A session stays with its loop.
 * Created once and shared by all services of a server or a client. It has one timer, for the
 * watchdog and for a client's delayed tasks.
 */
public final class EventLoopGroup implements IoProcessor<NioSession> {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoopGroup.class);

  /** The divisor of the heap that gives the limit for received data that waits in all loops. */
  private static final int WAITING_SHARE = 8;

  private static final long MOST_WAITING = 8 << 20;

  /**
   * How long a caller waits for the loops to end. Without this limit, a callback that never returns
   * would block the caller forever.
   */
  private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  private final EventLoop[] loops;
  private final AtomicInteger dealt = new AtomicInteger();
  private final LoopThreads threads;
  private final OutboundTotal outbound;
  private int sessions;
  private volatile boolean disposing;
  private volatile boolean disposed;

  /**
   * Creates the loops. Their threads start when {@link #takeThreads} is called, or each with its
   * first session.
   *
   * @param count 1 to 1024
   * @param daemon whether the threads let the JVM exit while they run
   * @throws IllegalStateException if another MINA or SLF4J is first on the class path
   */
  public EventLoopGroup(int count, boolean daemon) {
    this(count, daemon, Long.MAX_VALUE);
  }

  /**
   * Creates the loops with a limit; see {@link #EventLoopGroup(int, boolean)}.
   *
   * @param mostOutbound the maximum number of bytes that may wait to be sent in all sessions; above
   *     it, the session with the most is cut
   */
  public EventLoopGroup(int count, boolean daemon, long mostOutbound) {
    if (count < 1 || count > 1024) {
      throw new IllegalArgumentException("event loops: " + count + " (expected: 1 to 1024)");
    }
    ClassPath.check();
    FirstWrite.happen();
    Listeners.bound();
    threads = new LoopThreads(daemon);
    Executor loopThreads = threads.kept("parley-loop", count);
    outbound = new OutboundTotal(mostOutbound, threads.blocking());
    List<EventLoop> made = new ArrayList<>();
    long waiting = Math.min(MOST_WAITING, Runtime.getRuntime().maxMemory() / WAITING_SHARE / count);
    try {
      while (made.size() < count) {
        LoopBuffers buffers = new LoopBuffers();
        int index = made.size();
        made.add(new EventLoop(index, loopThreads, buffers, outbound, waiting, () -> count(-1)));
      }
    } catch (RuntimeException | Error e) { // no descriptor or no memory
      release(made);
      throw e;
    }
    loops = made.toArray(EventLoop[]::new);
  }

  /**
   * Returns an executor with a thread of its own, for a service that takes one and gives it back:
   * MINA never asks again for one that it could not get. The thread ends with these loops.
   */
  public Executor thread(String name) {
    return threads.kept(name, 1);
  }

  /**
   * Starts all threads that the loops and their services need, and keeps them. Called before there
   * is a session.
   *
   * @throws OutOfMemoryError if a thread cannot be started; the message has the number that were.
   *     Then none is kept, and these loops have ended
   */
  public void takeThreads() {
    try {
      threads.take();
    } catch (OutOfMemoryError noThread) {
      release();
      throw noThread;
    }
  }

  /**
   * Releases the loops' resources without a thread: they have had no session and will have none.
   */
  public void release() {
    disposing = true;
    release(List.of(loops));
    disposed = true;
  }

  private void release(List<EventLoop> made) {
    for (EventLoop loop : made) {
      try {
        loop.release();
      } catch (Exception | Error e) {
        LOG.error("selector not closed", e);
      }
    }
    threads.end();
  }

  /** Returns threads for tasks that block for a while, such as a name look-up. */
  public ExecutorService threads() {
    return threads.blocking();
  }

  /** Runs a short task after a delay, on the timer's thread; never after {@link #dispose}. */
  public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    return threads.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sets the nanosecond clock for deadlines; called before there is a session. */
  void setClock(LongSupplier nanos) {
    for (EventLoop loop : loops) {
      loop.setClock(nanos);
    }
  }

  /** Logs the stack of a loop that is blocked for longer than a limit, and notifies observers. */
  public void watch(Duration limit, Observers observers) {
    long quarter = Math.max(1, limit.toMillis() / 4);
    for (EventLoop loop : loops) {
      var unused =
          threads
              .timer()
              .scheduleWithFixedDelay(
                  new Watchdog(loop, limit, observers), quarter, quarter, TimeUnit.MILLISECONDS);
    }
  }

  /** Returns the number of loops. */
  public int size() {
    return loops.length;
  }

  /** Returns how busy each loop is. */
  public List<LoopFigures> figures() {
    return Stream.of(loops).map(EventLoop::figures).toList();
  }

  /** Returns the number of bytes that wait to be sent in all sessions. */
  public long outboundBytes() {
    return outbound.sum();
  }

  /**
   * Returns whether the caller runs on one of these loops, where waiting for them would never end.
   */
  public boolean isLoopThread() {
    for (EventLoop loop : loops) {
      if (loop.isLoopThread()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the session's loop; assigns one if it has none yet. */
  EventLoop loopOf(IoSession session) {
    EventLoop known = SessionState.of(session).loop();
    return known == null ? deal(session) : known;
  }

  private EventLoop deal(IoSession session) {
    EventLoop next = loops[(dealt.getAndIncrement() & Integer.MAX_VALUE) % loops.length];
    return SessionState.of(session).dealTo(next);
  }

  /**
   * Returns the number of sessions, each counted from its connection to its handler's
   * sessionClosed.
   */
  public synchronized int sessionCount() {
    return sessions;
  }

  /**
   * Waits until there is no session, at most for a timeout. Never call this on a loop.
   *
   * @return the number of remaining sessions
   */
  public synchronized int awaitNoSessions(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      for (long left = timeout.toNanos(); sessions > 0 && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return sessions;
  }

  private synchronized void count(int change) {
    sessions += change;
    if (sessions == 0) {
      notifyAll();
    }
  }

  @Override
  public void add(NioSession session) {
    count(1);
    if (WriteQueue.of(session) == null) {
      session.setWriteRequestQueue(new WriteQueue(session));
    }
    if (session.getService() instanceof AdmittingService admitting) {
      admitting.entered(session);
      loopOf(session).arrivals().add(session);
      return;
    }
    try {
      loopOf(session).add(session);
    } catch (IllegalStateException disposed) {
      SessionLifecycle.of(session).over();
      throw disposed;
    }
  }

  @Override
  public void flush(NioSession session) {
    loopOf(session).flushLater(session);
  }

  @Override
  public void write(NioSession session, WriteRequest request) {
    loopOf(session).write(session, request);
  }

  @Override
  public void updateTrafficControl(NioSession session) {
    loopOf(session).updateTrafficControl(session);
  }

  @Override
  public void remove(NioSession session) {
    try {
      loopOf(session).remove(session);
    } catch (RejectedExecutionException ended) {
      // the loops and all sessions have ended too: the server was closed while a drain
      // completed
    }
  }

  @Override
  public boolean isDisposing() {
    return disposing;
  }

  @Override
  public boolean isDisposed() {
    return disposed;
  }

  /**
   * Disposes all loops at once, each by a thread of its own: MINA's dispose waits while a handler
   * blocks.
   */
  private void disposeLoops() {
    CountDownLatch left = new CountDownLatch(loops.length);
    ThreadFactory ending = LoopThreads.named("parley-end", true);
    List<Runnable> here = new ArrayList<>();
    for (EventLoop loop : loops) {
      Runnable end =
          () -> {
            loop.dispose();
            left.countDown();
          };
      try {
        ending.newThread(end).start();
      } catch (OutOfMemoryError noThread) {
        here.add(end);
      }
    }
    here.forEach(Runnable::run);
    try {
      if (!left.await(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event loops still running, a handler is blocking: loops={}", left.getCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Closes the remaining sessions at once and ends the threads. Waits for the loops for at most 10
   * seconds; never call this on a loop. A loop that a handler blocks for longer ends when the
   * handler returns.
   */
  @Override
  public void dispose() {
    if (disposing) {
      return;
    }
    disposing = true;
    long deadline = System.nanoTime() + END_TIMEOUT.toNanos();
    disposeLoops();
    // MINA's dispose does not wait for a loop that was idle before
    awaitNoSessions(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    threads.end();
    disposed = true;
  }
}
