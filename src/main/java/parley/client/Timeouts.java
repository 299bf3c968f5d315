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
final class Timeouts {

  private static final int THREADS = 8;
  private static final int MOST_THREADS = 256;

  static final ForkJoinPool POOL =
      new ForkJoinPool(
          THREADS,
          Timeouts::thread,
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
  private final Duration usual;
  private final Executor threads;

  /** Requests with the usual timeout, which are due in the order in which they were made. */
  private @Nullable Ask first;

  private @Nullable Ask last;

  private final NavigableSet<Ask> others =
      new TreeSet<>(
          Comparator.<Ask>comparingLong(ask -> ask.deadline() - ORIGIN)
              .thenComparingLong(ask -> ask.number));
  private @Nullable Future<?> set;
  private long setFor;
  private long added;
  private boolean ended;

  /**
   * An empty one.
   *
   * @param usual the timeout of most requests, which cost the least
   * @param context that of dependents
   */
  Timeouts(Timer timer, Duration usual, PluginContext context) {
    this.timer = timer;
    this.usual = usual;
    this.threads = task -> POOL.execute(() -> context.run(task));
  }

  /** Adds a request; once the client is closed, fails it. */
  void add(Ask ask) {
    if (!begin(ask)) {
      threads.execute(ask::closed);
    }
  }

  private synchronized boolean begin(Ask ask) {
    if (ended) {
      return false;
    }
    ask.number = ++added;
    if (!ask.timeout().equals(usual)) {
      others.add(ask);
    } else if (last == null) {
      first = ask;
      last = ask;
    } else {
      ask.earlier = last;
      last.later = ask;
      last = ask;
    }
    if (set == null || ask.deadline() - setFor < 0) {
      set(ask);
    }
    return true;
  }

  synchronized void remove(Ask ask) {
    if (ask.number == 0) {
      return; // removed before
    }
    if (!ask.timeout().equals(usual)) {
      others.remove(ask);
      ask.number = 0;
      return;
    }
    ask.number = 0;
    Ask before = ask.earlier;
    Ask after = ask.later;
    if (before == null) {
      first = after;
    } else {
      before.later = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.earlier = before;
    }
    ask.earlier = null;
    ask.later = null;
  }

  /** Fails all requests, on other threads: the client is closed, and may block its event loop. */
  synchronized void end() {
    ended = true;
    if (set != null) {
      set.cancel(false);
    }
    for (Ask next = first(); next != null; next = first()) {
      remove(next);
      threads.execute(next::closed);
    }
  }

  /** The request that is due first. */
  private @Nullable Ask first() {
    Ask usualOne = first;
    Ask other = others.isEmpty() ? null : others.first();
    if (usualOne == null || other == null) {
      return usualOne == null ? other : usualOne;
    }
    return usualOne.deadline() - other.deadline() <= 0 ? usualOne : other;
  }

  private void set(Ask next) {
    if (set != null) {
      set.cancel(false);
    }
    setFor = next.deadline();
    set =
        timer.schedule(
            this::fire, Duration.ofNanos(Math.max(0, next.deadline() - System.nanoTime())));
  }

  private synchronized void fire() {
    set = null;
    long now = System.nanoTime();
    Ask next = first();
    while (next != null && next.deadline() - now <= 0) {
      remove(next);
      threads.execute(next::timedOut);
      next = first();
    }
    if (next != null) {
      set(next);
    }
  }
}
