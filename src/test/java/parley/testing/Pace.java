package parley.testing;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/**
 * Time that must pass because it is the subject of the test: the pace of a slow peer, a deadline
 * that has passed, a handler that is busy. To wait for something else, use {@link Await}.
 */
@NullMarked
public final class Pace {

  /** An action of a test while time passes. */
  public interface Action {
    void run() throws Exception;
  }

  private Pace() {}

  /** Lets at least this time pass. */
  public static void pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  /** Lets this time pass, unless the future completes earlier. */
  public static void pauseAtMost(long millis, CompletableFuture<?> end) {
    end.<Object>handle((value, failure) -> "over")
        .completeOnTimeout("late", millis, TimeUnit.MILLISECONDS)
        .join();
  }

  /** Repeats an action until this time has passed. */
  public static void repeat(Duration time, Action action) throws Exception {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      action.run();
    }
  }

  /** Blocks the thread, like a handler that waits for something slow. */
  public static void block(long millis) {
    try {
      pause(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Keeps the thread busy, as a handler does that computes. */
  public static void compute(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  /** Returns an executor that runs tasks after this time, for a handler that answers later. */
  public static Executor after(long millis) {
    return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
  }

  /** Like {@link #after(long)}, on threads of the test. */
  public static Executor after(long millis, Executor threads) {
    return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, threads);
  }

  /** Spins for less than a clock measures, so that two threads meet at varying points. */
  public static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
