package parley.telemetry;

import java.time.Duration;
import java.util.Arrays;

/**
 * The durations of many events, counted in buckets: a snapshot. A bucket's upper bound is at most
 * 1.25 times that of the one before, so a percentile between the smallest and the largest bound is
 * at most 25 % too high.
 */
public final class DurationFigures {

  private final long[] bounds;
  private final long[] counts;
  private final long nanos;

  /**
   * Creates the figures; copies nothing.
   *
   * @param bounds the upper bound of each bucket in nanoseconds, ascending; the last bucket has
   *     none
   * @param counts the number of events in each bucket, one more than there are bounds
   * @param nanos the sum of all durations
   */
  public DurationFigures(long[] bounds, long[] counts, long nanos) {
    this.bounds = bounds;
    this.counts = counts;
    this.nanos = nanos;
  }

  /** {@return the number of events} */
  public long count() {
    return Arrays.stream(counts).sum();
  }

  /** {@return the sum of all durations} */
  public Duration total() {
    return Duration.ofNanos(nanos);
  }

  /**
   * Returns how many events lasted at most a time.
   *
   * @param most the time; rounded up to the next bound, and down to the largest
   * @return the number of events
   */
  public long countWithin(Duration most) {
    long sum = 0;
    for (int i = 0; i < bounds.length; i++) {
      sum += counts[i];
      if (bounds[i] >= most.toNanos()) {
        break;
      }
    }
    return sum;
  }

  /**
   * Returns the time that a share of the events did not exceed.
   *
   * @param percent the share, above 0 and up to 100, such as 99.9
   * @return the upper bound of the bucket; the highest bound if the event lasted longer; zero if
   *     there was none
   */
  public Duration percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent: " + percent + " (expected: above 0 to 100)");
    }
    long left = (long) Math.ceil(count() * percent / 100);
    if (left == 0) {
      return Duration.ZERO;
    }
    int bucket = 0;
    while (left > counts[bucket]) {
      left -= counts[bucket++];
    }
    return Duration.ofNanos(bounds[Math.min(bucket, bounds.length - 1)]);
  }

  /**
   * Returns the events of this and other figures.
   *
   * @param other figures with the same bounds
   * @return the sums
   */
  public DurationFigures plus(DurationFigures other) {
    long[] sums = counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.counts[i];
    }
    return new DurationFigures(bounds, sums, nanos + other.nanos);
  }
}
