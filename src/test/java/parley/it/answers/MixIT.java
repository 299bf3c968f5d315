package parley.it.answers;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.testing.Seeds;

/**
 * The guarantees hold in combination. A mix draws TLS or not, and a handler that answers at once,
 * later, by a script or from an executor, in order or not. Others push, and small bounds suspend
 * reading. Clients read late, cut their lines anywhere, and half-close, or a drain starts in the
 * middle. The counts of clients and server agree: each handled frame is answered, once and in
 * order.
 */
class MixIT {

  @TestFactory
  List<DynamicTest> nothingIsLost() {
    return Seeds.tests(40, seed -> () -> run(Mix.any(seed)));
  }

  private static void run(Mix mix) throws Exception {
    try (mix) {
      mix.run();
    }
  }
}
