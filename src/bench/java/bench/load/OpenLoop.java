package bench.load;

import java.io.IOException;

/**
 * A loop that asks at a constant rate, whatever the server does. It sends bursts of as many
 * requests as the depth, on the connections in turn. A latency starts when its burst was due, even
 * if the burst was sent later; so a server's pause counts for all requests that were due meanwhile.
 * The loop spins: its thread needs its own processor.
 */
final class OpenLoop extends Loop {

  /** A bound on the bursts, so that answers are read in between. */
  private static final int SENDS_A_TURN = 8;

  private final int depth;
  private final Pace pace;
  private final Latencies latencies = new Latencies();
  private final Latencies lateness = new Latencies();
  private final Window window = new Window();
  private int firstNumber;

  /**
   * Creates a loop.
   *
   * @param rate requests per second
   */
  OpenLoop(int port, Names names, int depth, double rate) throws IOException {
    super(port, names);
    this.depth = depth;
    this.pace = new Pace(1e9 * depth / rate);
  }

  void run(Seconds seconds) throws IOException {
    firstNumber = connections.get(0).number;
    pace.start(System.nanoTime(), seconds);
    long visited = 0;
    for (long now = System.nanoTime(); !pace.isOver(now); now = System.nanoTime()) {
      if (!window.isOpen() && pace.isMeasured(now)) {
        window.open(now, answers());
      }
      visited = ask(visited, pace.due(now));
      turn(0);
    }
    ask(visited, pace.due(System.nanoTime()), Integer.MAX_VALUE);
    window.close(System.nanoTime(), answers());
    drain();
  }

  private long ask(long visited, long due) throws IOException {
    return ask(visited, due, SENDS_A_TURN);
  }

  /**
   * Sends all bursts that are due on the connections whose turn it is. Returns the number of bursts
   * sent.
   */
  private long ask(long visited, long due, int sends) throws IOException {
    long next = visited;
    int left = sends;
    for (; next < due && left > 0; next++) {
      int at = (int) (next % connections.size());
      Connection connection = connections.get(at);
      long requests = ((due - 1 - at) / connections.size() + 1) * depth;
      long asked = connection.asked();
      if (asked < requests) {
        record(connection, asked, requests, lateness);
        connection.askUntil(requests);
        left--;
      }
    }
    return next;
  }

  @Override
  void answered(Connection connection) {
    long answered = connection.answered();
    record(connection, connection.recorded, answered, latencies);
    connection.recorded = answered;
  }

  /** Records the time from when each of some requests was due until now. */
  private void record(Connection connection, long first, long until, Latencies latencies) {
    long now = System.nanoTime();
    long from = first;
    while (from < until) {
      long burst = from / depth;
      long next = Math.min(until, (burst + 1) * depth);
      long at = burst * connections.size() + connection.number - firstNumber;
      pace.record(at, now, next - from, latencies);
      from = next;
    }
  }

  Latencies latencies() {
    return latencies;
  }

  /** Prints the delays of the sends: stalls of the load or the machine, which latencies include. */
  Latencies lateness() {
    return lateness;
  }

  Window window() {
    return window;
  }
}
