package parley.internal.loop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of event loops and their services: those that are kept from the start to the end, a
 * timer's, and others for what blocks for a while. Any thread may call.
 */
final class LoopThreads {

  private final boolean daemon;
  private final List<ThreadPoolExecutor> kept = new CopyOnWriteArrayList<>();
  private final ExecutorService blocking;
  private final ScheduledThreadPoolExecutor timer;

  /** Makes them, when they are needed or {@link #take}n; daemons let the JVM end meanwhile. */
  LoopThreads(boolean daemon) {
    this.daemon = daemon;
    blocking = Executors.newCachedThreadPool(named("parley", daemon));
    timer =
        new ScheduledThreadPoolExecutor(
            1, named("parley-timer", true), new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Their context is the caller's, and not that of a plug-in whose call needs one later. */
  static ThreadFactory named(String name, boolean daemon) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(daemon);
      thread.setContextClassLoader(context);
      return thread;
    };
  }

  /** An executor with so many threads, each kept once it is there. */
  Executor kept(String name, int count) {
    ThreadPoolExecutor made =
        new ThreadPoolExecutor(
            count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name, daemon));
    kept.add(made);
    return made;
  }

  /** For what blocks for a while. */
  ExecutorService blocking() {
    return blocking;
  }

  /** For short tasks; none of them runs after the {@link #end}. */
  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  /**
   * Takes all that are kept.
   *
   * @throws OutOfMemoryError if one cannot be had, saying how many were
   */
  void take() {
    try {
      kept.forEach(ThreadPoolExecutor::prestartAllCoreThreads);
      timer.prestartAllCoreThreads();
    } catch (OutOfMemoryError noThread) {
      int taken = kept.stream().mapToInt(ThreadPoolExecutor::getPoolSize).sum();
      int all = kept.stream().mapToInt(ThreadPoolExecutor::getCorePoolSize).sum() + 1;
      throw new OutOfMemoryError(
          String.format("no thread left, %d of %d taken: %s", taken, all, noThread.getMessage()));
    }
  }

  /** Each ends when it has nothing to do. */
  void end() {
    timer.shutdownNow();
    kept.forEach(ThreadPoolExecutor::shutdown);
    blocking.shutdown();
  }
}
