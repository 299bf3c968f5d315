package parley.client;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the requests of one connection that wait for answers or were given up with an answer still
 * due, and the bytes that wait to be sent. Any thread may call.
 */
final class Room {

  /** The memory of a message that waits to be sent, except for its own bytes. */
  static final int OVERHEAD = 350;

  private final int mostInFlight;
  private final long mostBytes;
  private final LongSupplier encoded;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger places = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong handedOver = new AtomicLong();
  private final Object freed = new Object();
  private volatile int blocked;
  private volatile boolean closed;

  /**
   * An empty one.
   *
   * @param mostInFlight the most requests that wait; twice as many include those given up
   * @param mostBytes the most bytes that wait to be sent, with {@link #OVERHEAD} for each message
   * @param encoded the bytes that the session has encoded and not sent
   */
  Room(int mostInFlight, long mostBytes, LongSupplier encoded) {
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

  /** How many requests wait for their answers. */
  int waiting() {
    return waiting.get();
  }

  /** Takes room for a request of a size, or returns why there is none. */
  @Nullable String enterAsk(long size) {
    if (!increment(waiting, mostInFlight)) {
      return "in flight: "
          + mostInFlight
          + " (expected: fewer; max-in-flight is "
          + mostInFlight
          + ")";
    }
    String none = null;
    if (!increment(places, 2L * mostInFlight)) {
      none =
          "given up, with answers still to come: "
              + (places.get() - waiting.get() + 1)
              + " (expected: at most max-in-flight, "
              + mostInFlight
              + ")";
    } else {
      none = enter(size);
      if (none != null) {
        places.decrementAndGet();
      }
    }
    if (none != null) {
      answered();
    }
    return none;
  }

  /** Takes room for a message of a size, or returns why there is none. */
  @Nullable String enter(long size) {
    long cost = size + OVERHEAD;
    while (true) {
      long now = bytes.get();
      long all = now + Math.max(0, encoded.getAsLong() - handedOver.get());
      if (now > 0 && all + cost > mostBytes) { // a longer message goes alone
        return "waiting to be sent: "
            + all
            + " bytes (expected: at most "
            + mostBytes
            + " with "
            + cost
            + " more)";
      }
      if (bytes.compareAndSet(now, now + cost)) {
        return null;
      }
    }
  }

  private static boolean increment(AtomicInteger count, long most) {
    while (true) {
      int now = count.get();
      if (now >= most) {
        return false;
      }
      if (count.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** Whether the bytes that are encoded and not sent have reached the bound. */
  boolean isEncodedFull() {
    return encoded.getAsLong() >= mostBytes;
  }

  /** The session is about to encode a message; if the result is larger, that counts. */
  void handOver(long size) {
    handedOver.addAndGet(size);
  }

  /** A message that was handed over is sent, or never will be. */
  void sent(long size) {
    handedOver.addAndGet(-size);
    dropped(size);
  }

  /** A message is not handed over after all. */
  void dropped(long size) {
    bytes.addAndGet(-size - OVERHEAD);
    wake();
  }

  /** A request is settled. */
  void answered() {
    waiting.decrementAndGet();
    wake();
  }

  /** The answer of a request has come, or never will. */
  void placeFreed() {
    places.decrementAndGet();
    wake();
  }

  /** Ends all waits: the connection has ended. */
  void close() {
    closed = true;
    wake();
  }

  private void wake() {
    if (blocked > 0) {
      synchronized (freed) {
        freed.notifyAll();
      }
    }
  }

  /** Takes room without waiting. */
  interface Entry {
    /** Returns null, or why there is not enough room. */
    @Nullable String enter();
  }

  /**
   * Waits for room.
   *
   * @param deadline as of System.nanoTime, or null for none
   * @return null if it has entered, or why it has not: by then the deadline has passed or the
   *     connection has ended
   */
  @Nullable String await(Entry entry, @Nullable Long deadline) throws InterruptedException {
    synchronized (freed) {
      blocked++; // before the first try: from now on, freeing room wakes this thread
      try {
        String none = entry.enter();
        while (none != null && !closed) {
          long left = deadline == null ? Long.MAX_VALUE : deadline - System.nanoTime();
          if (left <= 0) {
            return none;
          }
          TimeUnit.NANOSECONDS.timedWait(freed, left);
          none = entry.enter();
        }
        return none;
      } finally {
        blocked--;
      }
    }
  }
}
