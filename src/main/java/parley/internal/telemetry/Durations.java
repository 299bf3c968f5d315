package parley.internal.telemetry;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import parley.telemetry.DurationFigures;

/**
 * Counts durations in fixed buckets, four for each power of two. One thread at a time records; any
 * thread may read.
 */
public final class Durations {

  private static final int PARTS_BITS = 2;
  private static final int PARTS = 1 << PARTS_BITS;

  /** The smallest and the largest bound, as powers of two in nanoseconds. */
  public static final class Scale {

    /** From 1 µs to 69 s. */
    public static final Scale ANSWERS = new Scale(10, 36);

    /** From 1 ms to 26 days. */
    public static final Scale SESSIONS = new Scale(20, 51);

    private final int smallest;
    private final int largest;
    private final long[] bounds;

    private Scale(int smallest, int largest) {
      this.smallest = smallest;
      this.largest = largest;
      this.bounds = Durations.bounds(smallest, largest);
    }

    /** Returns the bucket of a duration: the first whose bound it does not exceed. */
    int bucket(long duration) {
      if (duration <= 1L << smallest) {
        return 0;
      }
      long last = duration - 1; // a bound belongs to its own bucket
      int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(last);
      if (power >= largest) {
        return bounds.length;
      }
      int part = (int) (last >>> (power - PARTS_BITS)) & (PARTS - 1);
      return 1 + (power - smallest) * PARTS + part;
    }
  }

  private final Scale scale;
  private final AtomicLongArray counts;
  private final AtomicLong nanos = new AtomicLong();

  /** Creates the counters of a scale. */
  public Durations(Scale scale) {
    this.scale = scale;
    this.counts = new AtomicLongArray(scale.bounds.length + 1);
  }

  private static long[] bounds(int smallest, int largest) {
    long[] bounds = new long[1 + (largest - smallest) * PARTS];
    bounds[0] = 1L << smallest;
    for (int i = 1; i < bounds.length; i++) {
      long power = 1L << (smallest + (i - 1) / PARTS);
      bounds[i] = power + ((i - 1) % PARTS + 1) * (power >> PARTS_BITS);
    }
    return bounds;
  }

  /** Counts some events of one duration, in nanoseconds. */
  public void record(long duration, int times) {
    int bucket = scale.bucket(duration);
    counts.setOpaque(bucket, counts.getPlain(bucket) + times);
    nanos.setOpaque(nanos.getPlain() + duration * times);
  }

  /** Returns what was recorded so far. */
  public DurationFigures figures() {
    long[] copy = new long[counts.length()];
    Arrays.setAll(copy, counts::getOpaque);
    return new DurationFigures(scale.bounds, copy, nanos.getOpaque());
  }
}
