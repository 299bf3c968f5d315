package parley.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Times out the requests of a client, with one timer for the request that is due first. A blocked
 * event loop must not delay timeouts, and dependents must not block the timer; so timeouts complete
 * on other threads. Any thread may call.
 */
final class Timeouts {

  /** The clock may wrap around, so only differences to this count. */
  private static final long ORIGIN = System.nanoTime();

  private final Timer timer;
  private final Executor threads;
  private final Duration usual;

  /** Requests with the usual timeout, which are due in the order in which they were made. */
  private @Nullable Ask first;

  private @Nullable Ask last;

  private final NavigableSet<Ask> others =
      new TreeSet<>(
          Comparator.<Ask>comparingLong(ask -> ask.deadline() - ORIGIN)
              .thenComparingLong(ask -> ask.number));
  private final Queue<Ask> due = new ConcurrentLinkedQueue<>();
  private @Nullable Future<?> set;
  private long setFor;
  private long added;
  private volatile boolean ended;

  /**
   * An empty one.
   *
   * @param threads completes the requests; their dependents may block it
   * @param usual the timeout of most requests, which cost the least
   */
  Timeouts(Timer timer, Executor threads, Duration usual) {
    this.timer = timer;
    this.threads = threads;
    this.usual = usual;
  }

  /** Adds a request; once the client is closed, fails it. */
  void add(Ask ask) {
    if (!begin(ask)) {
      due.add(ask);
      goOn();
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

  /** Fails all requests, on another thread: the client is closed, and may block its event loop. */
  void end() {
    synchronized (this) {
      ended = true;
      if (set != null) {
        set.cancel(false);
      }
      for (Ask next = first(); next != null; next = first()) {
        remove(next);
        due.add(next);
      }
    }
    goOn();
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

  private void fire() {
    synchronized (this) {
      set = null;
      long now = System.nanoTime();
      Ask next = first();
      while (next != null && next.deadline() - now <= 0) {
        remove(next);
        due.add(next);
        next = first();
      }
      if (next != null) {
        set(next);
      }
    }
    goOn();
  }

  /**
   * Times out the due requests on another thread. Also called before a thread blocks: a dependent
   * of one request may wait for the next one.
   */
  void goOn() {
    if (due.isEmpty()) {
      return;
    }
    try {
      threads.execute(this::run);
    } catch (RejectedExecutionException closed) {
      run();
    }
  }

  private void run() {
    for (Ask next = due.poll(); next != null; next = due.poll()) {
      if (ended) {
        next.closed();
      } else {
        next.timedOut();
      }
    }
  }
}
