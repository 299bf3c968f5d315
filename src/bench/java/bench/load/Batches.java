package bench.load;

/**
 * The send times of a connection's requests in flight. The requests of one write share a time, as
 * do the answers of one read, so the unit that is kept and recorded is a batch with its count.
 */
final class Batches {

  private final long[] ends;
  private final long[] times;
  private int first;
  private int next;
  private long answered;

  /**
   * Creates an empty record.
   *
   * @param inFlight the most requests in flight
   */
  Batches(int inFlight) {
    int size = Integer.highestOneBit(inFlight) * 2;
    ends = new long[size];
    times = new long[size];
  }

  /** Records that the requests up to this one were sent now. */
  void sent(long requests, long now) {
    ends[next & (ends.length - 1)] = requests;
    times[next++ & (ends.length - 1)] = now;
  }

  /** Records that the answers up to this one arrived now. */
  void answered(long answers, long now, Latencies latencies) {
    while (answered < answers) {
      int at = first & (ends.length - 1);
      long count = Math.min(ends[at], answers) - answered;
      latencies.record(now - times[at], count);
      answered += count;
      if (answered == ends[at]) {
        first++;
      }
    }
  }
}
