package parley.it.answers;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.testing.Seeds;

/**
 * Handlers that answer by scripts: one value, none or several, now or later, on any thread. They
 * also throw, fail, refuse, end the session or never answer, in any order. An executor has 0 to 4
 * threads, and others push. A model determines the lines that each client must get and the way its
 * session ends.
 */
class HandlerFuzzIT {

  @TestFactory
  List<DynamicTest> eachAnswerIsInItsPlace() {
    return Seeds.tests(150, seed -> () -> run(Mix.scripted(seed)));
  }

  private static void run(Mix mix) throws Exception {
    try (mix) {
      mix.run();
    }
  }
}
