package parley.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import parley.protocol.Correlation;

/**
 * Holds the requests in flight on one connection, and finds the one that a frame answers. In the
 * order of the wire; not thread-safe: its connection has the lock.
 */
final class Asks {

  /** A request in flight. A timed-out one stays there, to take its late answer. */
  record Ask(CompletableFuture<Object> answer, Duration timeout, long deadline) {

    /** What is longer would not fit into the clock's nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(365);

    static Ask within(Duration timeout) {
      long nanos = (timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout).toNanos();
      return new Ask(new CompletableFuture<>(), timeout, System.nanoTime() + nanos);
    }

    boolean isDone() {
      return answer.isDone();
    }
  }

  private final Correlation correlation;
  private final Map<Object, Ask> byKey = new LinkedHashMap<>();
  private boolean bannerDue;

  Asks(Correlation correlation) {
    this.correlation = correlation;
    this.bannerDue = correlation.isAfterBanner();
  }

  /**
   * The key that a request goes in flight under: its own, or, where order tells, any new one.
   *
   * @throws ClientException if it has none, or one that is in flight
   */
  Object freeKey(Object message) throws ClientException {
    if (!correlation.isByKey()) {
      return new Object();
    }
    Object key = correlation.key(message);
    if (key == null) {
      throw new ClientException(
          "the request has no key (expected: one by which to know its answer)");
    }
    if (byKey.containsKey(key)) {
      throw new ClientException("key: " + key + " (expected: one that is not in flight)");
    }
    return key;
  }

  void put(Object key, Ask ask) {
    byKey.put(key, ask);
  }

  void remove(Object key, Ask ask) {
    byKey.remove(key, ask);
  }

  /** Takes out the request that a frame answers, or null if there is none. */
  @Nullable Ask take(Object frame) {
    if (bannerDue) {
      bannerDue = false;
      return null;
    }
    if (correlation.isByKey()) {
      Object key = correlation.key(frame);
      return key == null ? null : byKey.remove(key);
    }
    Iterator<Ask> inOrder = byKey.values().iterator();
    if (!inOrder.hasNext()) {
      return null;
    }
    Ask eldest = inOrder.next();
    inOrder.remove();
    return eldest;
  }

  /** Where keys tell, a late answer may be given up: the eldest request that has timed out goes. */
  boolean dropLate() {
    return correlation.isByKey()
        && byKey.values().stream()
            .filter(Ask::isDone)
            .findFirst()
            .map(byKey.values()::remove)
            .orElse(false);
  }

  /** All of them, those that have timed out too. */
  Collection<Ask> all() {
    return Collections.unmodifiableCollection(byKey.values());
  }

  /** How many wait for their answers. */
  int waiting() {
    return (int) byKey.values().stream().filter(ask -> !ask.isDone()).count();
  }

  void clear() {
    byKey.clear();
  }
}
