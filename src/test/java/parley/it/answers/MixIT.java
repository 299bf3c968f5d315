package parley.it.answers;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.testing.Seeds;

/**
 * What each holds alone, holds together: TLS or not, a handler that answers at once, later, as a
 * script says or from an executor, in order or not, others that push, small bounds that suspend
 * reading, clients that read late and cut their lines anywhere, and half-close or a drain in the
 * middle. Clients and server count, and agree: each frame that was handled is answered, once and in
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
