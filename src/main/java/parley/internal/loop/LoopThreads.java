package parley.internal.loop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of event loops and their services: threads that are kept from start to end, a timer's
 * thread, and others for blocking tasks. Thread-safe.
 */
public final class LoopThreads {

  /** How long a thread for blocking tasks is kept without a task. */
  private static final int KEEP_SECONDS = 10;

  private final boolean daemon;
  private final List<ThreadPoolExecutor> kept = new CopyOnWriteArrayList<>();
  private final ExecutorService blocking;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * Creates the set. Threads start when they are needed or {@link #take}n; daemon threads let the
   * JVM exit.
   */
  LoopThreads(boolean daemon) {
    this.daemon = daemon;
    blocking =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named("parley", daemon));
    timer =
        new ScheduledThreadPoolExecutor(
            1, named("parley-timer", true), new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Returns a factory whose threads have the caller's context, not that of a plug-in whose call
   * needs one later.
   */
  public static ThreadFactory named(String name, boolean daemon) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(daemon);
      thread.setContextClassLoader(context);
      return thread;
    };
  }

  /** Returns an executor with up to {@code count} threads, each kept once it has started. */
  Executor kept(String name, int count) {
    ThreadPoolExecutor made =
        new ThreadPoolExecutor(
            count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name, daemon));
    kept.add(made);
    return made;
  }

  /** Returns threads for tasks that block for a while. */
  ExecutorService blocking() {
    return blocking;
  }

  /** Returns a timer for short tasks; none of them runs after {@link #end}. */
  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  /**
   * Starts all threads that are kept.
   *
   * @throws OutOfMemoryError if one cannot be started; the message has the number that were
   */
  void take() {
    try {
      kept.forEach(ThreadPoolExecutor::prestartAllCoreThreads);
      timer.prestartAllCoreThreads();
    } catch (OutOfMemoryError noThread) {
      int taken = kept.stream().mapToInt(ThreadPoolExecutor::getPoolSize).sum();
      int all = kept.stream().mapToInt(ThreadPoolExecutor::getCorePoolSize).sum() + 1;
      throw new OutOfMemoryError(
          String.format("no thread left: %d of %d started: %s", taken, all, noThread.getMessage()));
    }
  }

  /** Ends each thread when it has nothing to do. */
  void end() {
    timer.shutdownNow();
    kept.forEach(ThreadPoolExecutor::shutdown);
    blocking.shutdown();
  }
}
