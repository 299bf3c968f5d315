package bench.load;

/** The due times of a row of bursts: at constant intervals, to a fraction of a nanosecond. */
final class Pace {

  private final double interval;
  private long start;
  private long begin;
  private long end;

  /**
   * Creates a schedule.
   *
   * @param interval in nanoseconds
   */
  Pace(double interval) {
    this.interval = interval;
  }

  /** Starts the schedule: the first burst is due now. */
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

  /** Returns the number of bursts due by now; none after the end. */
  long due(long now) {
    return (long) (Math.min(now - start, end - start) / interval) + 1;
  }

  /** Records the answers that arrived now, if their burst was due in the measured time. */
  void record(long burst, long now, long count, Latencies latencies) {
    long due = start + (long) (burst * interval);
    if (isMeasured(due)) {
      latencies.record(now - due, count);
    }
  }
}
