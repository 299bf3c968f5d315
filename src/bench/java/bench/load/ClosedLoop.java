package bench.load;

import java.io.IOException;

/**
 * A loop that keeps a fixed number of requests in flight on each connection. When some answers
 * arrive, as many requests follow in one write. A latency is from a request's write to the read
 * that ends its answer.
 */
final class ClosedLoop extends Loop {

  private final int depth;
  private final Latencies latencies = new Latencies();
  private final Window window = new Window();
  private boolean draining;

  ClosedLoop(int port, Names names, int depth) throws IOException {
    super(port, names);
    this.depth = depth;
  }

  /** Runs until the end of the window; answers that arrive after it are only checked. */
  void run(long start, Seconds seconds) throws IOException {
    for (Connection each : connections) {
      ask(each, depth, System.nanoTime());
    }
    long begin = start + seconds.warmUpNanos();
    long end = 0;
    long now = start;
    while (!window.isOpen() || now - end < 0) {
      turn(20);
      now = System.nanoTime();
      if (!window.isOpen() && now - begin >= 0) {
        latencies.reset();
        window.open(now, answers());
        end = now + seconds.nanos(); // the full time, even if this thread had to wait until now
      }
    }
    window.close(now, answers());
    draining = true;
    drain();
  }

  private static void ask(Connection connection, long requests, long now) throws IOException {
    connection.batches.sent(requests, now);
    connection.askUntil(requests);
  }

  @Override
  void answered(Connection connection) throws IOException {
    long answered = connection.answered();
    if (answered == 0 || draining) { // it may be the banner
      return;
    }
    long now = System.nanoTime();
    connection.batches.answered(answered, now, latencies);
    if (connection.asked() < answered + depth) {
      ask(connection, answered + depth, now);
    }
  }

  Latencies latencies() {
    return latencies;
  }

  Window window() {
    return window;
  }
}
