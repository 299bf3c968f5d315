package bench.load;

/** When each of a row of bursts is due: at constant intervals, to a fraction of a nanosecond. */
final class Pace {

  private final double interval;
  private long start;
  private long begin;
  private long end;

  /**
   * @param interval in nanoseconds
   */
  Pace(double interval) {
    this.interval = interval;
  }

  /** The first burst is due now. */
  void start(long now, Seconds seconds) {
    start = now;
    begin = start + seconds.warmUpNanos();
    end = begin + seconds.nanos();
  }

  boolean isMeasured(long now) {
    return now - begin >= 0;
  }

  boolean isOver(long now) {
    return now - end >= 0;
  }

  /** How many bursts are due by now; none after the end. */
  long due(long now) {
    return (long) (Math.min(now - start, end - start) / interval) + 1;
  }

  /** Records what came now of a burst that was due while it is measured. */
  void record(long burst, long now, long count, Latencies latencies) {
    long due = start + (long) (burst * interval);
    if (isMeasured(due)) {
      latencies.record(now - due, count);
    }
  }
}
