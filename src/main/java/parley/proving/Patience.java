package parley.proving;

import java.time.Duration;

/** The time to wait for an answer; shorter while a failing case is made smaller. Thread-safe. */
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

  /** Records how long an answer took. */
  synchronized void took(long nanos) {
    longest = Math.max(longest, nanos);
  }

  synchronized void setHurried(boolean value) {
    hurried = value;
  }

  /** Returns the full time as text. */
  String shown() {
    return Shown.time(full);
  }
}
