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
 * The requests that one connection has sent and the server has not answered, in the order of the
 * wire. Finds the request that a frame answers. A request that was given up stays, to receive its
 * late answer. If answers have keys, a new request removes the eldest such request at the bound of
 * requests in flight. Used on the connection's event loop only. The time of each method does not
 * depend on the number of requests, except for {@link #latestOver} and {@link #clear}.
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
   * @throws ClientException if the request has no key, or the key of a request that is in flight or
   *     was given up: an answer with that key could be the late one
   */
  void add(PendingRequest request, Object message) throws ClientException {
    // if answers come in order, any unique object is a key
    Object key = correlation.isByKey() ? correlation.requestKey(message) : request;
    if (key == null) {
      throw new ClientException(
          "the request has no key (expected: a key that its answer has, too)");
    }
    PendingRequest same = owed.get(key);
    if (same != null) {
      String used = same.settled ? " of a request whose late answer is due" : " is in flight";
      throw new ClientException("key " + key + used + " (expected: a unique key)");
    }
    if (owed.size() >= connection.client.config.maxInFlight() && !late.isEmpty()) {
      remove(late.iterator().next());
    }
    request.key = key;
    owed.put(key, request);
  }

  /** Removes a request that was not sent in the end, if it is there. */
  void remove(PendingRequest request) {
    if (request.key != null && owed.remove(request.key, request)) {
      gone(request);
    }
  }

  private void gone(PendingRequest request) {
    late.remove(request);
    connection.capacity.placeFreed();
  }

  /** Called when a request was given up; it may already have been removed. */
  void givenUp(PendingRequest request) {
    if (correlation.isByKey() && request.key != null && owed.get(request.key) == request) {
      late.add(request);
    }
  }

  /** Removes and returns the request that a frame answers, or returns null if there is none. */
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

  /**
   * Returns the latest deadline of the waiting requests that have a longer timeout and were made
   * before a time, or null.
   */
  @Nullable Long latestOver(Duration timeout, long madeBefore) {
    return owed.values().stream()
        .filter(each -> each.made - madeBefore <= 0)
        .filter(each -> !each.settled && each.timeout.compareTo(timeout) > 0)
        .map(each -> each.deadline)
        .reduce((one, other) -> one - other > 0 ? one : other)
        .orElse(null);
  }

  /**
   * Removes all requests at the end of the connection. After that, any thread may call these
   * methods.
   */
  void clear() {
    owed.clear();
    late.clear();
  }
}
