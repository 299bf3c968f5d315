package parley.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import parley.transport.PluginContext;

/**
 * Times out the requests of a client, with one timer for the request that is due first. A blocked
 * event loop must not delay timeouts, and dependents must not block the timer or each other; so
 * timeouts complete on {@value #THREADS} threads of their own, for all clients of this JVM. While
 * dependents block threads in a CompletableFuture, there are others, up to {@value #MOST_THREADS}.
 * Any thread may call.
 */
final class AnswerTimeouts {

  private static final int THREADS = 8;
  private static final int MOST_THREADS = 256;

  static final ForkJoinPool POOL =
      new ForkJoinPool(
          THREADS,
          AnswerTimeouts::thread,
          null,
          true,
          0,
          MOST_THREADS,
          THREADS,
          any -> true, // at the most threads, a join blocks one of them
          10,
          TimeUnit.SECONDS);

  private static ForkJoinWorkerThread thread(ForkJoinPool pool) {
    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
    thread.setName("parley-timeout");
    return thread;
  }

  /** The clock may wrap around, so only differences to this count. */
  private static final long ORIGIN = System.nanoTime();

  private final Timer timer;
  private final Executor threads;
  private final NavigableSet<PendingRequest> requests =
      new TreeSet<>(
          Comparator.<PendingRequest>comparingLong(request -> request.deadline() - ORIGIN)
              .thenComparingLong(request -> request.number));
  private @Nullable Future<?> set;
  private long setFor;
  private long added;
  private boolean ended;

  /** Creates an empty set of timeouts, whose dependents run in a context. */
  AnswerTimeouts(Timer timer, PluginContext context) {
    this.timer = timer;
    this.threads = task -> POOL.execute(() -> context.run(task));
  }

  /** Adds a request; once the client is closed, fails it. */
  synchronized void add(PendingRequest request) {
    if (ended) {
      threads.execute(request::closed);
      return;
    }
    request.number = ++added;
    requests.add(request);
    if (set == null || request.deadline() - setFor < 0) {
      set(request.deadline());
    }
  }

  synchronized void remove(PendingRequest request) {
    requests.remove(request);
  }

  /** Fails all requests, on other threads: the client is closed, and may block its event loop. */
  synchronized void end() {
    ended = true;
    if (set != null) {
      set.cancel(false);
    }
    requests.forEach(request -> threads.execute(request::closed));
    requests.clear();
  }

  private void set(long deadline) {
    if (set != null) {
      set.cancel(false);
    }
    setFor = deadline;
    set = timer.schedule(this::fire, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
  }

  private synchronized void fire() {
    set = null;
    long now = System.nanoTime();
    while (!requests.isEmpty()) {
      PendingRequest next = requests.first();
      if (next.deadline() - now > 0) {
        set(next.deadline());
        return;
      }
      requests.remove(next);
      threads.execute(next::timedOut);
    }
  }
}
