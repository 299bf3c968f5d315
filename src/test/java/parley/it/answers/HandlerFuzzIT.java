package parley.it.answers;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.testing.Seeds;

/**
 * Handlers that answer by scripts: a value, none, several, now or later, by any thread; that throw,
 * fail, refuse, end the session or never answer, in any order, on 0 to 4 threads of an executor,
 * while others push. A model says what each client must get and how its session ends.
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
