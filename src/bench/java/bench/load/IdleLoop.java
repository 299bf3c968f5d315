package bench.load;

import java.io.IOException;

/** Opens connections, asks on each, if at all, and holds them while they say nothing more. */
final class IdleLoop extends Loop {

  private final int requests;

  /**
   * @param requests how many are asked on each connection when its banner has come
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
