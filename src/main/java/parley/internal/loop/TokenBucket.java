package parley.internal.loop;

/**
 * Says how often something may happen: so many times a second, and so many at once after a rest (a
 * token bucket). Not thread-safe.
 */
public final class TokenBucket {

  private final double perNano;
  private final int burst;
  private double left;
  private long before;

  /** A full bucket at a time, of {@code System.nanoTime()}. */
  public TokenBucket(int perSecond, int burst, long now) {
    this.perNano = perSecond / 1e9;
    this.burst = burst;
    this.left = burst;
    this.before = now;
  }

  /** Takes one, if there is one. */
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
