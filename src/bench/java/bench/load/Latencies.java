package bench.load;

import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latencies in nanoseconds, to three digits; for one thread. */
final class Latencies {

  private static final long MOST = 600_000_000_000L;

  private final Histogram histogram = new Histogram(MOST, 3);

  void record(long nanos, long count) {
    histogram.recordValueWithCount(Math.max(0, Math.min(nanos, MOST)), count);
  }

  void add(Latencies other) {
    histogram.add(other.histogram);
  }

  void reset() {
    histogram.reset();
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** Returns a percentile in microseconds; 100 is the longest. */
  double micros(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1000.0;
  }

  /** Prints p50-us and the other percentiles, in microseconds. */
  void print(PrintStream out) {
    print(out, "p50-us", 50);
    print(out, "p90-us", 90);
    print(out, "p99-us", 99);
    print(out, "p999-us", 99.9);
    print(out, "max-us", 100);
  }

  /** Prints one percentile by its name. */
  void print(PrintStream out, String name, double percentile) {
    out.println(name + " " + String.format(Locale.ROOT, "%.1f", micros(percentile)));
  }
}
