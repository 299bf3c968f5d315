package parley.proving;

import java.time.Duration;

/** How long to wait for an answer: less while a failing case is made smaller. Any thread. */
final class Patience {

  private static final long LEAST = Duration.ofMillis(300).toNanos();

  private final Duration full;
  private long longest;
  private boolean hurried;

  Patience(Duration full) {
    if (full.isNegative() || full.isZero()) {
      throw new IllegalArgumentException("timeout: " + full + " (expected: > 0)");
    }
    this.full = full;
  }

  synchronized long nanos() {
    return hurried ? Math.min(full.toNanos(), Math.max(LEAST, 20 * longest)) : full.toNanos();
  }

  /** So long it took for an answer to come. */
  synchronized void took(long nanos) {
    longest = Math.max(longest, nanos);
  }

  synchronized void setHurried(boolean value) {
    hurried = value;
  }

  /** The full time, as text. */
  String shown() {
    return Shown.time(full);
  }
}
