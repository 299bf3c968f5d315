package parley.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import parley.protocol.Correlation;

/**
 * Holds the requests that one connection has sent and the server has not answered, in the order of
 * the wire, and finds the request that a frame answers. A request that was given up stays, to take
 * its late answer. Used on the connection's event loop only; each method, but for {@link #takeAll}
 * and {@link #latestOver}, takes the same time however many there are.
 */
final class Asks {

  private final Correlation correlation;
  private final int most;
  private final Runnable placeFreed;
  private final Map<Object, Ask> owed = new LinkedHashMap<>();
  private final Set<Ask> late = new LinkedHashSet<>(); // given up, where answers have keys
  private boolean bannerDue;

  /**
   * An empty one.
   *
   * @param most where answers have keys, the number of requests from which on a new one removes the
   *     eldest that was given up
   * @param placeFreed runs for each request that is removed
   */
  Asks(Correlation correlation, int most, Runnable placeFreed) {
    this.correlation = correlation;
    this.most = most;
    this.placeFreed = placeFreed;
    this.bannerDue = correlation.isAfterBanner();
  }

  /**
   * Adds a request that the caller sends next.
   *
   * @throws ClientException if it has no key, or one that is in flight or was given up: an answer
   *     with that key could be the late one
   */
  void add(Ask ask, Object message) throws ClientException {
    Object key = ask; // where answers come in order, any unique object
    if (correlation.isByKey()) {
      key = correlation.key(message);
      if (key == null) {
        throw new ClientException(
            "the request has no key (expected: one by which to know its answer)");
      }
      Ask same = owed.get(key);
      if (same != null) {
        throw new ClientException(
            "key: "
                + key
                + (same.isSettled()
                    ? " (expected: one without a late answer still to come)"
                    : " (expected: one that is not in flight)"));
      }
      dropLate();
    }
    ask.key = key;
    owed.put(key, ask);
  }

  private void dropLate() {
    Iterator<Ask> eldest = late.iterator();
    if (owed.size() >= most && eldest.hasNext()) {
      remove(eldest.next());
    }
  }

  /** Removes a request that was not sent after all, if it is there. */
  void remove(Ask ask) {
    if (ask.key != null && owed.remove(ask.key, ask)) {
      gone(ask);
    }
  }

  private void gone(Ask ask) {
    late.remove(ask);
    placeFreed.run();
  }

  /** A request was given up; it may have been removed by now. */
  void givenUp(Ask ask) {
    if (correlation.isByKey() && ask.key != null && owed.get(ask.key) == ask) {
      late.add(ask);
    }
  }

  /** Removes the request that a frame answers, and returns it, or null if there is none. */
  @Nullable Ask take(Object frame) {
    if (bannerDue) {
      bannerDue = false;
      return null;
    }
    Ask answered = correlation.isByKey() ? takeByKey(frame) : takeEldest();
    if (answered != null) {
      gone(answered);
    }
    return answered;
  }

  private @Nullable Ask takeByKey(Object frame) {
    Object key = correlation.key(frame);
    return key == null ? null : owed.remove(key);
  }

  private @Nullable Ask takeEldest() {
    Iterator<Ask> inOrder = owed.values().iterator();
    if (!inOrder.hasNext()) {
      return null;
    }
    Ask eldest = inOrder.next();
    inOrder.remove();
    return eldest;
  }

  boolean isEmpty() {
    return owed.isEmpty();
  }

  /** The latest deadline of waiting requests with a longer timeout, made before a time, or null. */
  @Nullable Long latestOver(Duration timeout, long madeBefore) {
    return owed.values().stream()
        .filter(ask -> ask.made() - madeBefore <= 0)
        .filter(ask -> !ask.isSettled() && ask.timeout().compareTo(timeout) > 0)
        .map(Ask::deadline)
        .reduce((one, other) -> one - other > 0 ? one : other)
        .orElse(null);
  }

  /** Removes all, also those that were given up. */
  List<Ask> takeAll() {
    List<Ask> all = new ArrayList<>(owed.values());
    owed.clear();
    all.forEach(this::gone);
    return all;
  }
}
