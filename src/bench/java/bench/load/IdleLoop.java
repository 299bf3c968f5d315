package bench.load;

import java.io.IOException;

/** Holds connections that were greeted and say nothing. */
final class IdleLoop extends Loop {

  IdleLoop(int port, Names names) throws IOException {
    super(port, names);
  }

  @Override
  void answered(Connection connection) {
    // the banner
  }
}
