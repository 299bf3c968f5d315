package parley.internal.telemetry;

/**
 * A token bucket: limits how often something may happen, by a rate per second and a burst. Not
 * thread-safe.
 */
public final class TokenBucket {

  private final double perNano;
  private final int burst;
  private double left;
  private long before;

  /** Creates a full bucket at a time of {@code System.nanoTime()}. */
  public TokenBucket(int perSecond, int burst, long now) {
    this.perNano = perSecond / 1e9;
    this.burst = burst;
    this.left = burst;
    this.before = now;
  }

  /** Takes a token; returns false if there is none. */
  public boolean take(long now) {
    left = Math.min(burst, left + (now - before) * perNano);
    before = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
