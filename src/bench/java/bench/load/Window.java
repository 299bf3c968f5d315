package bench.load;

import java.lang.management.ManagementFactory;

/** The counts between two moments, and how busy the counting thread was. */
final class Window {

  private long from;
  private long to;
  private long before;
  private long after;
  private long busy;

  boolean isOpen() {
    return from != 0;
  }

  void open(long now, long count) {
    from = now;
    before = count;
    busy = -cpu();
  }

  void close(long now, long count) {
    to = now;
    after = count;
    busy += cpu();
  }

  /** Returns the rate per second. */
  double rate() {
    return (after - before) * 1e9 / (to - from);
  }

  /** Returns the percentage of the time that the thread ran. */
  double busyPercent() {
    return busy * 100.0 / (to - from);
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
