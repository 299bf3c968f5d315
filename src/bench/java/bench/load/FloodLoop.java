package bench.load;

import java.io.IOException;

/**
 * A few connections that send tiny lines as fast as they can, always with many in flight, and a
 * quiet one that sends single requests at intervals. The quiet one's latency, from when its request
 * was due, measures the server's fairness.
 */
final class FloodLoop extends Loop {

  /**
   * Requests in flight on each connection: more than a server reads at once, and less than any
   * socket's buffers.
   */
  private static final int IN_FLIGHT = 1 << 17;

  private final Pace pace;
  private final Latencies latencies = new Latencies();
  private final Window window = new Window();
  private Connection quiet;
  private boolean draining;

  FloodLoop(int port, Names names, double quietMillis) throws IOException {
    super(port, names);
    pace = new Pace(quietMillis * 1e6);
  }

  /** Opens the floods and the quiet connection. */
  void open(int floods) throws IOException {
    open(0, floods + 1, 0);
  }

  void run(Seconds seconds) throws IOException {
    int floods = connections.size() - 1;
    quiet = connections.get(floods);
    for (Connection each : connections.subList(0, floods)) {
      each.askUntil(IN_FLIGHT);
    }
    pace.start(System.nanoTime(), seconds);
    for (long now = System.nanoTime(); !pace.isOver(now); now = System.nanoTime()) {
      if (!window.isOpen() && pace.isMeasured(now)) {
        window.open(now, answers());
      }
      askQuietly();
      turn(0);
    }
    window.close(System.nanoTime(), answers());
    draining = true;
    drain();
  }

  private void askQuietly() throws IOException {
    long due = pace.due(System.nanoTime());
    if (quiet.asked() < due) {
      quiet.askUntil(due);
    }
  }

  @Override
  void answered(Connection connection) throws IOException {
    if (connection == quiet) {
      long now = System.nanoTime();
      for (; quiet.recorded < quiet.answered(); quiet.recorded++) {
        pace.record(quiet.recorded, now, 1, latencies);
      }
    } else if (!draining && quiet != null) {
      connection.askUntil(connection.answered() + IN_FLIGHT);
      askQuietly();
      if (quiet.inFlight()) { // not after the requests of the other floods
        receive(quiet);
      }
    }
  }

  Latencies latencies() {
    return latencies;
  }

  Window window() {
    return window;
  }
}
