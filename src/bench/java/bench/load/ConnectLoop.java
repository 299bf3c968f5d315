package bench.load;

import java.io.IOException;

/**
 * A loop of short connections. Each one opens, reads the banner, asks once, checks the answer,
 * half-closes, and closes after the server has closed. A fixed number runs at a time. A latency
 * covers all of this.
 */
final class ConnectLoop extends Loop {

  private final Latencies latencies = new Latencies();
  private final Window window = new Window();
  private long done;
  private int made;
  private boolean draining;

  ConnectLoop(int port, Names names) throws IOException {
    super(port, names);
  }

  void run(int atOnce, Seconds seconds) throws IOException {
    while (made < atOnce) {
      connections.add(begin());
    }
    long begin = System.nanoTime() + seconds.warmUpNanos();
    long end = begin + seconds.nanos();
    for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
      turn(20);
      if (!window.isOpen() && now - begin >= 0) {
        latencies.reset();
        window.open(now, done);
      }
    }
    window.close(System.nanoTime(), done);
    draining = true;
    while (connections.stream().anyMatch(each -> each.channel.isOpen())) {
      turn(20);
    }
  }

  private Connection begin() throws IOException {
    long now = System.nanoTime();
    Connection connection = connect(made++, 0);
    connection.recorded = now;
    return connection;
  }

  @Override
  void answered(Connection connection) throws IOException {
    if (connection.asked() == 0) {
      if (connection.greeted()) {
        connection.askUntil(1);
      }
    } else if (!connection.inFlight()) {
      connection.endOutput();
    }
  }

  @Override
  void ended(Connection connection) throws IOException {
    if (connection.asked() == 0 || connection.inFlight()) {
      throw connection.endedEarly();
    }
    connection.channel.close();
    latencies.record(System.nanoTime() - connection.recorded, 1);
    done++;
    if (!draining) {
      connections.set(connections.indexOf(connection), begin());
    }
  }

  long done() {
    return done;
  }

  Latencies latencies() {
    return latencies;
  }

  Window window() {
    return window;
  }
}
