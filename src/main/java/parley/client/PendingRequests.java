package parley.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import parley.protocol.Correlation;

/**
 * Holds the requests that one connection has sent and the server has not answered, in the order of
 * the wire, and finds the request that a frame answers. A request that was given up stays, to take
 * its late answer; where answers have keys, a new request then removes the eldest such request once
 * there are as many requests as may be in flight. Used on the connection's event loop only. Except
 * for {@link #latestOver} and {@link #clear}, each method takes the same time however many requests
 * there are.
 */
final class PendingRequests {

  private final Connection connection;
  private final Correlation<Object, Object> correlation;
  private final Map<Object, PendingRequest> owed = new LinkedHashMap<>();
  private final Set<PendingRequest> late = new LinkedHashSet<>(); // given up, if answers have keys
  private boolean bannerDue;

  PendingRequests(Connection connection) {
    this.connection = connection;
    correlation = connection.client.correlation;
    bannerDue = correlation.isAfterBanner();
  }

  /**
   * Adds a request that the caller sends next.
   *
   * @throws ClientException if it has no key, or one that is in flight or was given up: an answer
   *     with that key could be the late one
   */
  void add(PendingRequest request, Object message) throws ClientException {
    // where answers come in order, any unique object is a key
    Object key = correlation.isByKey() ? correlation.requestKey(message) : request;
    if (key == null) {
      throw new ClientException(
          "the request has no key (expected: one by which to know its answer)");
    }
    PendingRequest same = owed.get(key);
    if (same != null) {
      String expected =
          same.settled ? "without a late answer still to come" : "that is not in flight";
      throw new ClientException("key: " + key + " (expected: one " + expected + ")");
    }
    if (owed.size() >= connection.client.config.maxInFlight() && !late.isEmpty()) {
      remove(late.iterator().next());
    }
    request.key = key;
    owed.put(key, request);
  }

  /** Removes a request that was not sent after all, if it is there. */
  void remove(PendingRequest request) {
    if (request.key != null && owed.remove(request.key, request)) {
      gone(request);
    }
  }

  private void gone(PendingRequest request) {
    late.remove(request);
    connection.capacity.placeFreed();
  }

  /** A request was given up; it may have been removed by now. */
  void givenUp(PendingRequest request) {
    if (correlation.isByKey() && request.key != null && owed.get(request.key) == request) {
      late.add(request);
    }
  }

  /** Removes the request that a frame answers, and returns it, or null if there is none. */
  @Nullable PendingRequest take(Object frame) {
    if (bannerDue) {
      bannerDue = false;
      return null;
    }
    Object key = correlation.isByKey() ? correlation.answerKey(frame) : eldestKey();
    PendingRequest answered = key == null ? null : owed.remove(key);
    if (answered != null) {
      gone(answered);
    }
    return answered;
  }

  private @Nullable Object eldestKey() {
    Iterator<Object> inOrder = owed.keySet().iterator();
    return inOrder.hasNext() ? inOrder.next() : null;
  }

  boolean isEmpty() {
    return owed.isEmpty();
  }

  /** The latest deadline of waiting requests with a longer timeout, made before a time, or null. */
  @Nullable Long latestOver(Duration timeout, long madeBefore) {
    return owed.values().stream()
        .filter(each -> each.made - madeBefore <= 0)
        .filter(each -> !each.settled && each.timeout.compareTo(timeout) > 0)
        .map(each -> each.deadline)
        .reduce((one, other) -> one - other > 0 ? one : other)
        .orElse(null);
  }

  /** Forgets all: the connection has ended. From then on, any thread may call. */
  void clear() {
    owed.clear();
    late.clear();
  }
}
