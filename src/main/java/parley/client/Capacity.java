package parley.client;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the requests of one connection that wait for answers or were given up with an answer still
 * due, and the bytes that wait to be sent. Any thread may call.
 */
final class Capacity {

  /** The memory of a message that waits to be sent, except for its own bytes. */
  private static final int OVERHEAD = 350;

  private final int mostInFlight;
  private final long mostBytes;
  private final LongSupplier encoded;
  private int waiting;
  private int places;
  private long bytes;
  private int handedOver;
  private long handedOverBytes;
  private @Nullable Supplier<? extends ClientException> closed;

  /**
   * Nothing is taken yet.
   *
   * @param mostInFlight the most requests that wait; twice as many include those given up
   * @param mostBytes the most bytes that wait to be sent, with {@link #OVERHEAD} for each message
   * @param encoded the bytes that the session has encoded and not sent
   */
  Capacity(int mostInFlight, long mostBytes, LongSupplier encoded) {
    this.mostInFlight = mostInFlight;
    this.mostBytes = mostBytes;
    this.encoded = encoded;
  }

  /** About the size of a message in bytes; 0 if that is unknown before it is encoded. */
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
   * Takes room for a message of a size.
   *
   * @param request the request of the message, or null if it has no answer
   * @param mayBlock whether to wait for room, for a request until its deadline
   * @throws ClientException if there is no room, none in time, or none any more
   */
  synchronized void take(long size, @Nullable PendingRequest request, boolean mayBlock)
      throws ClientException {
    for (String full = full(size, request); full != null; full = full(size, request)) {
      if (!mayBlock) {
        throw new ClientException(full);
      }
      long left = request == null ? Long.MAX_VALUE : request.deadline() - System.nanoTime();
      if (request != null && left <= 0) {
        throw new AnswerTimeoutException(request.timeout());
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClientException("interrupted while waiting for room: " + full);
      }
    }
    bytes += size + OVERHEAD;
    if (request != null) {
      waiting++;
      places++;
    }
  }

  /** Returns why there is no room now, or null; fails if there never is. */
  private @Nullable String full(long size, @Nullable PendingRequest request)
      throws ClientException {
    if (closed != null) {
      throw closed.get();
    }
    if (request != null && waiting >= mostInFlight) {
      return "in flight: "
          + mostInFlight
          + " (expected: fewer; max-in-flight is "
          + mostInFlight
          + ")";
    }
    if (request != null && places >= 2L * mostInFlight) {
      return "given up, with answers still to come: "
          + (places - waiting)
          + " (expected: at most max-in-flight, "
          + mostInFlight
          + ")";
    }
    long cost = size + OVERHEAD;
    long all = bytes + Math.max(0, encoded.getAsLong() - handedOverBytes);
    return bytes > 0 && all + cost > mostBytes // a longer message goes alone
        ? "waiting to be sent: "
            + all
            + " bytes (expected: at most "
            + mostBytes
            + " with "
            + cost
            + " more)"
        : null;
  }

  /** Lets nothing more in, for a reason, and ends all waits. */
  synchronized void close(Supplier<? extends ClientException> reason) {
    closed = reason;
    notifyAll();
  }

  /** How many requests wait for their answers. */
  synchronized int waiting() {
    return waiting;
  }

  /**
   * Whether the bytes that are encoded and not sent have reached the bound. Then a message is still
   * to be {@link #sent}.
   */
  synchronized boolean isEncodedFull() {
    return handedOver > 0 && encoded.getAsLong() >= mostBytes;
  }

  /** The session is about to encode a message; if the result is larger, that counts. */
  synchronized void handOver(long size) {
    handedOver++;
    handedOverBytes += size;
  }

  /** A message that was handed over is sent, or never will be. */
  synchronized void sent(long size) {
    handedOver--;
    handedOverBytes -= size;
    dropped(size);
  }

  /** A message is not handed over after all. */
  synchronized void dropped(long size) {
    bytes -= size + OVERHEAD;
    notifyAll();
  }

  /** A request is settled. */
  synchronized void settled() {
    waiting--;
    notifyAll();
  }

  /** The answer of a request has come, or never will. */
  synchronized void placeFreed() {
    places--;
    notifyAll();
  }
}
