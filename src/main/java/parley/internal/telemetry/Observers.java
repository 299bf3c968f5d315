package parley.internal.telemetry;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.telemetry.Observer;

/**
 * The observers of a server or client, each with a daemon thread and a queue of its own. The thread
 * starts with the first event, and ends after {@value #KEEP_SECONDS} s without one. Thread-safe.
 */
public final class Observers {

  /** The observers of a server or client that has none. */
  public static final Observers NONE = new Observers(List.of(), Thread::new);

  private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
  private static final int MOST_WAITING = 8192;
  private static final int KEEP_SECONDS = 10;
  private static final int END_SECONDS = 5;

  private final List<Delivery> all;
  private final boolean observesRequests;

  /**
   * Creates the deliveries to some observers.
   *
   * @param threads makes daemon threads
   */
  public Observers(List<Observer> observers, ThreadFactory threads) {
    all = observers.stream().map(each -> new Delivery(each, threads)).toList();
    observesRequests = all.stream().anyMatch(each -> each.observesRequests);
  }

  /** Returns whether this has none: then no event needs to be made. */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** Returns whether one of them wants events of requests. */
  public boolean observesRequests() {
    return observesRequests;
  }

  /**
   * Queues an event for each observer. Any thread may call this; it never waits and never fails.
   */
  public void fire(Consumer<Observer> event) {
    for (Delivery each : all) {
      each.add(event);
    }
  }

  /** Queues an event of requests, for the observers that want them. */
  public void fireOfRequests(Consumer<Observer> event) {
    for (Delivery each : all) {
      if (each.observesRequests) {
        each.add(event);
      }
    }
  }

  /** Returns the number of events that were dropped because their observers are too slow. */
  public long dropped() {
    return all.stream().mapToLong(each -> each.dropped.sum()).sum();
  }

  /** Delivers the waiting events, for at most {@value #END_SECONDS} s; later ones are dropped. */
  public void end() {
    all.forEach(each -> each.thread.shutdown());
    try {
      for (Delivery each : all) {
        var unused = each.thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Delivery {

    private final Observer observer;
    private final boolean observesRequests;
    private final LongAdder dropped = new LongAdder();
    private final RareLog slow = new RareLog(LOG, Level.WARN);
    private final RareLog failed = new RareLog(LOG, Level.ERROR);
    private final ThreadPoolExecutor thread;

    Delivery(Observer observer, ThreadFactory threads) {
      this.observer = observer;
      observesRequests = observer.observesRequests();
      thread =
          new ThreadPoolExecutor(
              1,
              1,
              KEEP_SECONDS,
              TimeUnit.SECONDS,
              new ArrayBlockingQueue<>(MOST_WAITING),
              threads,
              (task, full) -> drop());
      thread.allowCoreThreadTimeOut(true);
    }

    void add(Consumer<Observer> event) {
      try {
        thread.execute(() -> deliver(event));
      } catch (Throwable noThread) {
        drop();
      }
    }

    private void deliver(Consumer<Observer> event) {
      try {
        event.accept(observer);
      } catch (Throwable thrown) {
        failed.log("observer failed: observer=" + observer.getClass().getName(), thrown);
      }
    }

    private void drop() {
      dropped.increment();
      slow.log("observer event dropped: observer=" + observer.getClass().getName());
    }
  }
}
