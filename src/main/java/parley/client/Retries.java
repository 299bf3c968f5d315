package parley.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counts the attempts to connect for a {@link Backoff}. The waits start over after a connection
 * that lasted as long as the longest wait, or whose answers came over at least the wait before it.
 * One answer is not enough, however late it or the close comes: a server may refuse each connection
 * with a frame that looks like an answer.
 */
final class Retries {

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

  /** Counts an attempt, and returns the wait before it. */
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
