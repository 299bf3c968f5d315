package parley.client;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which requests time out, for all clients of this JVM. A blocked event loop must
 * not delay timeouts, and dependents must not block the timer or each other; so there are {@value
 * #THREADS} threads. While dependents block threads in a CompletableFuture, there are others, up to
 * {@value #MOST_THREADS}.
 */
final class TimeoutThreads {

  private static final int THREADS = 8;
  private static final int MOST_THREADS = 256;

  static final ForkJoinPool POOL =
      new ForkJoinPool(
          THREADS,
          TimeoutThreads::thread,
          null,
          true,
          0,
          MOST_THREADS,
          THREADS,
          any -> true, // at the most threads, a join blocks one of them
          10,
          TimeUnit.SECONDS);

  private TimeoutThreads() {}

  private static ForkJoinWorkerThread thread(ForkJoinPool pool) {
    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
    thread.setName("parley-timeout");
    return thread;
  }
}
