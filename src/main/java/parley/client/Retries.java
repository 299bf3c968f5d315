package parley.client;

import java.time.Duration;

/**
 * Counts the attempts to connect for a {@link Backoff}. The waits start over after a connection
 * that answered a request and lasted at least as long as the wait before it, or that lasted as long
 * as the longest wait. An answer alone is not enough: a server may refuse each connection with a
 * frame that looks like one.
 */
final class Retries {

  private final Backoff backoff;
  private int attempt;
  private Duration last = Duration.ZERO;

  Retries(Backoff backoff) {
    this.backoff = backoff;
  }

  /** Counts an attempt, and returns the wait before it. */
  synchronized Duration next() {
    last = backoff.before(attempt);
    attempt = Math.min(attempt + 1, Integer.MAX_VALUE - 1);
    return last;
  }

  /** Counts a connection that has ended. */
  synchronized void ended(Duration lasted, boolean hasAnswered) {
    if (lasted.compareTo(hasAnswered ? last : backoff.most()) >= 0) {
      attempt = 0;
    }
  }
}
