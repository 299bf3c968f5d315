package parley.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of one connection. They limit the requests that wait for answers, the given-up
 * requests whose answers are still due, and the bytes that wait to be sent. It also times out
 * waiting requests, with one timer for the request that is due first. Room is taken under one lock
 * and given back without it. Any thread may call these methods.
 */
final class Capacity {

  /** The memory of a message that waits to be sent, without its own bytes. */
  private static final int OVERHEAD = 350;

  /** Compares by deadline. The clock may wrap around, so only differences count. */
  private static final Comparator<PendingRequest> BY_DEADLINE =
      (one, other) ->
          Long.signum(
              one.deadline == other.deadline
                  ? one.number - other.number
                  : one.deadline - other.deadline);

  private final Connection connection;
  private final ClientConfig<?, ?> config;
  private final NavigableSet<PendingRequest> waiting = new TreeSet<>(BY_DEADLINE);
  private long added;
  private final AtomicInteger places = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger handedOver = new AtomicInteger();
  private final AtomicLong handedOverBytes = new AtomicLong();
  private @Nullable Future<?> timeout;
  private long timeoutAt;
  private @Nullable Supplier<? extends ClientException> refusal;
  private volatile int blocked;

  Capacity(Connection connection) {
    this.connection = connection;
    config = connection.client.config;
  }

  /** Returns the approximate size of a message in bytes; 0 if it is unknown before encoding. */
  static long size(Object message) {
    if (message instanceof byte[] array) {
      return array.length;
    }
    if (message instanceof CharSequence text) {
      return text.length();
    }
    if (message instanceof IoBuffer buffer) {
      return buffer.remaining();
    }
    return message instanceof ByteBuffer buffer ? buffer.remaining() : 0;
  }

  /**
   * Takes room for a message of a given size.
   *
   * @param request the request of the message, or null if it has no answer
   * @param mayBlock whether to wait for room; a request waits until its deadline
   * @throws ClientException if there is no room, or none became free in time, or the connection
   *     accepts no more
   */
  synchronized void take(long size, @Nullable PendingRequest request, boolean mayBlock)
      throws ClientException {
    String full = full(size, request);
    if (full != null && !mayBlock) {
      throw new ClientException(full);
    }
    if (full != null) {
      await(size, request, full);
    }
    bytes.addAndGet(size + OVERHEAD);
    if (request != null) {
      places.incrementAndGet();
      request.number = ++added;
      waiting.add(request);
      timeOutAt(request.deadline);
    }
  }

  private synchronized void await(long size, @Nullable PendingRequest request, String full)
      throws ClientException {
    blocked++; // before the next try, so that giving room back wakes this thread
    try {
      while (full(size, request) != null) {
        long left = request == null ? Long.MAX_VALUE : request.deadline - System.nanoTime();
        if (request != null && left <= 0) {
          throw new AnswerTimeoutException(request.timeout);
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientException("interrupted while waiting for room: " + full);
    } finally {
      blocked--;
    }
  }

  /**
   * Returns why there is no room now, or null if there is; throws if the connection accepts no
   * more.
   */
  private @Nullable String full(long size, @Nullable PendingRequest request)
      throws ClientException {
    if (refusal != null) {
      throw refusal.get();
    }
    int most = config.maxInFlight();
    if (request != null && waiting.size() >= most) {
      return "too many pending requests: %s (max-in-flight is %<s)".formatted(most);
    }
    if (request != null && places.get() >= 2L * most) {
      return "too many requests given up whose answers are still due: %s (max-in-flight is %s)"
          .formatted(places.get() - waiting.size(), most);
    }
    long cost = size + OVERHEAD;
    long now = bytes.get();
    long all =
        now + Math.max(0, connection.session.getScheduledWriteBytes() - handedOverBytes.get());
    return now > 0 && all + cost > config.outboundBytes() // a longer message is sent alone
        ? "too many bytes wait to be sent: %s (expected: at most %s with %s more)"
            .formatted(all, config.outboundBytes(), cost)
        : null;
  }

  private void timeOutAt(long deadline) {
    if (timeout == null || deadline - timeoutAt < 0) {
      end();
      timeoutAt = deadline;
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      timeout = connection.client.connector.timer.schedule(this::timeOut, left);
    }
  }

  private synchronized void timeOut() {
    timeout = null;
    long now = System.nanoTime();
    while (!waiting.isEmpty() && waiting.first().deadline - now <= 0) {
      PendingRequest first = waiting.first();
      settle(first);
      first.timedOut();
    }
    if (!waiting.isEmpty()) {
      timeOutAt(waiting.first().deadline);
    }
  }

  /** Accepts no more messages, for a reason, and ends all waits for room. */
  synchronized void refuse(Supplier<? extends ClientException> reason) {
    refusal = reason;
    notifyAll();
  }

  /** Stops the timer after the last waiting request. */
  synchronized void end() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  /** Returns the requests that wait for their answers, in the order of their deadlines. */
  synchronized List<PendingRequest> waiting() {
    return List.copyOf(waiting);
  }

  /** Returns the number of requests that wait for their answers. */
  synchronized int inFlight() {
    return waiting.size();
  }

  /** Removes a request that is about to complete; returns false if another thread already did. */
  synchronized boolean settle(PendingRequest request) {
    if (request.settled) {
      return false;
    }
    request.settled = true;
    if (blocked > 0) {
      notifyAll();
    }
    return waiting.remove(request);
  }

  private void wake() {
    if (blocked > 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Called when the answer of a request has come, or never will. */
  void placeFreed() {
    places.decrementAndGet();
    wake();
  }

  /**
   * Returns whether the encoded bytes that are not sent have reached the bound. Then a message is
   * still to be {@link #sent}.
   */
  boolean isEncodedFull() {
    return handedOver.get() > 0
        && connection.session.getScheduledWriteBytes() >= config.outboundBytes();
  }

  /**
   * Called before the session encodes a message. If the encoded message is larger, its own size
   * counts.
   */
  void handOver(long size) {
    handedOver.incrementAndGet();
    handedOverBytes.addAndGet(size);
  }

  /** Called when a message that was handed over is sent, or never will be. */
  void sent(long size) {
    handedOver.decrementAndGet();
    handedOverBytes.addAndGet(-size);
    dropped(size);
  }

  /** Called when a message is not handed over in the end. */
  void dropped(long size) {
    bytes.addAndGet(-size - OVERHEAD);
    wake();
  }
}
