package bench.load;

/**
 * When the requests in flight on a connection were sent. Those of one write, and the answers of one
 * read, share their time, so what is kept and recorded is a batch with its count.
 */
final class Batches {

  private final long[] ends;
  private final long[] times;
  private int first;
  private int next;
  private long answered;

  /**
   * @param inFlight how many requests there are at most
   */
  Batches(int inFlight) {
    int size = Integer.highestOneBit(inFlight) * 2;
    ends = new long[size];
    times = new long[size];
  }

  /** The requests up to this one were sent now. */
  void sent(long requests, long now) {
    ends[next & (ends.length - 1)] = requests;
    times[next++ & (ends.length - 1)] = now;
  }

  /** The answers up to this one came now. */
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
