package parley.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.NullMarked;

/**
 * Waits for other threads and processes where no future or latch reports an event. A wait checks
 * its condition on the caller's thread, about once per millisecond. An exception of the condition
 * ends the wait.
 */
@NullMarked
public final class Await {

  /** No test checks this bound. It only ends a test that hangs. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private Await() {}

  private static ConditionFactory await(String description, Duration patience) {
    return Awaitility.await(description)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(patience);
  }

  /** Waits until the condition is true. */
  public static void until(String description, Callable<Boolean> condition) {
    until(description, PATIENCE, condition);
  }

  public static void until(String description, Duration patience, Callable<Boolean> condition) {
    await(description, patience).until(condition);
  }

  /** Returns the first value that the predicate accepts. A failure shows the last value. */
  public static <T> T until(String description, Callable<T> value, Predicate<? super T> isIt) {
    return await(description, PATIENCE).until(value, isIt);
  }

  /** Waits until the condition is true; fails with the log of a process as soon as that ends. */
  public static void until(
      String description, Process process, Path log, Callable<Boolean> condition) {
    until(
        description,
        () -> {
          boolean isRunning = process.isAlive(); // before the last check of the condition
          boolean isTrue = condition.call();
          if (!isTrue && !isRunning) {
            String last = Files.exists(log) ? Files.readString(log) : "no log";
            throw new AssertionError(description + ": the process has ended: " + last);
          }
          return isTrue;
        });
  }
}
