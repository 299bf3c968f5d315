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
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals sessions out to a fixed number of event loops, in turn; a session stays with its loop. Made
 * once and shared by all services of a server or a client, with one timer for the watchdog and for
 * what a client does later.
 */
public final class EventLoopGroup implements IoProcessor<NioSession> {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoopGroup.class);

  /** What the sessions of all loops have sent and wait with may take so much of the heap. */
  private static final int WAITING_SHARE = 8;

  private static final long MOST_WAITING = 8 << 20;

  /** All is closed by then; a callback that never returns must not hold the caller for ever. */
  private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  private final EventLoop[] loops;
  private final AtomicInteger dealt = new AtomicInteger();
  private final LoopThreads threads;
  private final OutboundTotal outbound;
  private int sessions;
  private volatile boolean disposing;
  private volatile boolean disposed;

  /**
   * Makes the loops; their threads are there when {@link #takeThreads} has taken them, or, each,
   * when its first session comes.
   *
   * @param count 1 to 1024
   * @param daemon whether the threads let the JVM end while they run
   * @throws IllegalStateException if another MINA or SLF4J is first on the class path
   */
  public EventLoopGroup(int count, boolean daemon) {
    this(count, daemon, Long.MAX_VALUE);
  }

  /**
   * As {@link #EventLoopGroup(int, boolean)}, with a bound.
   *
   * @param mostOutbound so many bytes may wait to be sent in all sessions; beyond, the one with the
   *     most is cut
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
        made.add(new EventLoop(loopThreads, buffers, outbound, waiting, () -> count(-1)));
      }
    } catch (RuntimeException | Error e) { // no descriptor, no memory
      release(made);
      throw e;
    }
    loops = made.toArray(EventLoop[]::new);
  }

  /**
   * An executor with a thread of its own, for a service that takes one and gives it back: MINA
   * never asks again for one that could not be had. It ends with these loops.
   */
  public Executor thread(String name) {
    return threads.kept(name, 1);
  }

  /**
   * Takes all the threads that the loops and their services need, and keeps them. Called before
   * there is a session.
   *
   * @throws OutOfMemoryError if one cannot be had, saying how many were; then none is kept, and
   *     these loops have ended
   */
  public void takeThreads() {
    try {
      threads.take();
    } catch (OutOfMemoryError noThread) {
      release();
      throw noThread;
    }
  }

  /** Gives back, without a thread, what they have: they have had no session, and will have none. */
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
        LOG.error("a selector could not be closed", e);
      }
    }
    threads.end();
  }

  /** Threads for what blocks for a while, such as the look-up of a name. */
  public ExecutorService threads() {
    return threads.blocking();
  }

  /** Runs a short task after a delay, on the timer's thread; never after {@link #dispose}. */
  public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    return threads.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sets the nanoseconds that deadlines go by; called before there is a session. */
  void setClock(LongSupplier nanos) {
    for (EventLoop loop : loops) {
      loop.setClock(nanos);
    }
  }

  /** Logs when one of the loops is held up for so long, and its stack. */
  public void watch(Duration limit) {
    long quarter = Math.max(1, limit.toMillis() / 4);
    for (EventLoop loop : loops) {
      var unused =
          threads
              .timer()
              .scheduleWithFixedDelay(
                  new Watchdog(loop, limit), quarter, quarter, TimeUnit.MILLISECONDS);
    }
  }

  /** How many bytes wait to be sent, in all sessions. */
  public long outboundBytes() {
    return outbound.sum();
  }

  /** Whether the caller runs on one of these loops, where waiting for them would never end. */
  public boolean isLoopThread() {
    for (EventLoop loop : loops) {
      if (loop.isLoopThread()) {
        return true;
      }
    }
    return false;
  }

  /** The session's loop; it is dealt one if it has none yet. */
  EventLoop loopOf(IoSession session) {
    EventLoop known = SessionState.of(session).loop();
    return known == null ? deal(session) : known;
  }

  private EventLoop deal(IoSession session) {
    EventLoop next = loops[(dealt.getAndIncrement() & Integer.MAX_VALUE) % loops.length];
    return SessionState.of(session).dealTo(next);
  }

  /** How many sessions there are: from their connection to their handler's sessionClosed. */
  public synchronized int sessionCount() {
    return sessions;
  }

  /**
   * Waits until there is no session, at most for a timeout; never call on a loop.
   *
   * @return how many there are still
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
      // so have the loops, and all sessions with them: somebody closes while a drain comes to its
      // end
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

  /** All at once, and each by a thread: MINA's waits as long as a handler blocks. */
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
        LOG.warn("event loops that have not ended, as a handler blocks: {}", left.getCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Closes what is left at once and ends the threads. Waits for the loops, at most for 10 seconds:
   * never call on one. One that a handler blocks longer ends when it goes on.
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
