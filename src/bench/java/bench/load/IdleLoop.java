package bench.load;

import java.io.IOException;

/**
 * A loop that opens connections, sends requests on each if configured, and then holds them idle.
 */
final class IdleLoop extends Loop {

  private final int requests;

  /**
   * Creates a loop.
   *
   * @param requests the requests on each connection after its banner
   */
  IdleLoop(int port, Names names, int requests) throws IOException {
    super(port, names);
    this.requests = requests;
  }

  /** Opens the connections; they are idle when this returns. */
  void open(int count) throws IOException {
    open(0, count, 0);
    drain();
  }

  @Override
  void answered(Connection connection) throws IOException {
    if (connection.greeted() && connection.asked() < requests) {
      connection.askUntil(requests);
    }
  }
}
