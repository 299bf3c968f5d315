package parley.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The waits before each new attempt to connect. Each wait doubles, up to the longest one. Of each
 * wait, a random part between half and all is used, so that clients which lost the same server do
 * not return in step.
 *
 * @param first the wait before the first attempt, 1 millisecond to {@code most}
 * @param most the longest wait, at most a day
 */
public record Backoff(Duration first, Duration most) {

  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);

  /**
   * Creates the waits.
   *
   * @param first the wait before the first attempt, 1 millisecond to {@code most}
   * @param most the longest wait, at most a day
   * @throws IllegalArgumentException if a wait is out of range
   */
  public Backoff {
    if (first.compareTo(LEAST) < 0 || most.compareTo(first) < 0 || most.compareTo(DAY) > 0) {
      throw new IllegalArgumentException(
          "backoff: " + first + " to " + most + " (expected: " + LEAST + " to " + DAY + ")");
    }
  }

  /** Returns the wait before an attempt, counted from 0. */
  Duration before(int attempt) {
    long doubled = first.toNanos() << Math.min(attempt, 16); // at most a day: it cannot overflow
    long whole = Math.min(most.toNanos(), doubled);
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(whole / 2, whole + 1));
  }

  /**
   * The attempts to connect. The waits start over after a connection that lasted as long as the
   * longest wait, or whose answers spanned at least the wait before it. One answer is not enough,
   * even a late one: a server may refuse each connection with a frame that looks like an answer.
   * Any thread may call these methods.
   */
  static final class Retries {

    private final Backoff backoff;
    private int attempt;
    private Duration last = Duration.ZERO;

    Retries(Backoff backoff) {
      this.backoff = backoff;
    }

    /** Returns a new count for a backoff, or null without one. */
    static @Nullable Retries of(@Nullable Backoff backoff) {
      return backoff == null ? null : new Retries(backoff);
    }

    /** Counts an attempt and returns the wait before it. */
    synchronized Duration next() {
      last = backoff.before(attempt);
      attempt = Math.min(attempt + 1, Integer.MAX_VALUE - 1);
      return last;
    }

    /**
     * Counts a connection that has ended.
     *
     * @param lasted how long it was connected
     * @param answering the time from its first answer to its last one, or zero
     */
    synchronized void ended(Duration lasted, Duration answering) {
      if (lasted.compareTo(backoff.most()) >= 0
          || (!answering.isZero() && answering.compareTo(last) >= 0)) {
        attempt = 0;
      }
    }
  }
}
