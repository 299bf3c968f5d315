package parley.internal.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import parley.telemetry.DurationFigures;

/**
 * Counts durations in fixed buckets, four for each power of two from 1 µs to 69 s. One thread at a
 * time records; any thread may read.
 */
public final class Durations {

  private static final int SMALLEST = 10; // as a power of two, in nanoseconds
  private static final int LARGEST = 36;
  private static final int PARTS_BITS = 2;
  private static final int PARTS = 1 << PARTS_BITS;
  private static final long[] BOUNDS = bounds();

  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle NANOS;

  static {
    try {
      NANOS = MethodHandles.lookup().findVarHandle(Durations.class, "nanos", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long[] counts = new long[BOUNDS.length + 1];
  private long nanos;

  private static long[] bounds() {
    long[] bounds = new long[1 + (LARGEST - SMALLEST) * PARTS];
    bounds[0] = 1L << SMALLEST;
    for (int i = 1; i < bounds.length; i++) {
      long power = 1L << (SMALLEST + (i - 1) / PARTS);
      bounds[i] = power + ((i - 1) % PARTS + 1) * (power >> PARTS_BITS);
    }
    return bounds;
  }

  /** Returns the bucket of a duration: the first whose bound it does not exceed. */
  static int bucket(long duration) {
    if (duration <= 1L << SMALLEST) {
      return 0;
    }
    long last = duration - 1; // a bound belongs to its own bucket
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(last);
    if (power >= LARGEST) {
      return BOUNDS.length;
    }
    int part = (int) (last >>> (power - PARTS_BITS)) & (PARTS - 1);
    return 1 + (power - SMALLEST) * PARTS + part;
  }

  /** Counts some events of one duration, in nanoseconds. */
  public void record(long duration, int times) {
    int bucket = bucket(duration);
    ELEMENT.setOpaque(counts, bucket, counts[bucket] + times);
    NANOS.setOpaque(this, nanos + duration * times);
  }

  /** Returns what was recorded so far. */
  public DurationFigures figures() {
    long[] copy = new long[counts.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (long) ELEMENT.getOpaque(counts, i);
    }
    return new DurationFigures(BOUNDS, copy, (long) NANOS.getOpaque(this));
  }
}
