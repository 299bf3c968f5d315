package parley.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Says how long to wait before each new attempt to connect: twice as long each time, and of that a
 * random part between a half and the whole, so that clients which lost one server do not return in
 * step.
 *
 * @param first before the first attempt, 1 millisecond to {@code most}
 * @param most the longest wait, at most a day
 */
public record Backoff(Duration first, Duration most) {

  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if they are not as said above
   */
  public Backoff {
    if (first.compareTo(LEAST) < 0 || most.compareTo(first) < 0 || most.compareTo(DAY) > 0) {
      throw new IllegalArgumentException(
          "backoff: " + first + " to " + most + " (expected: " + LEAST + " to " + DAY + ")");
    }
  }

  /** The wait before an attempt, counted from 0. */
  Duration before(int attempt) {
    long whole = Math.min(most.toNanos(), first.toNanos() << Math.min(attempt, 16));
    if (whole <= 0) {
      whole = most.toNanos();
    }
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(whole / 2, whole + 1));
  }
}
