package parley.testing;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.NullMarked;

/**
 * Runs random operations on two threads at once. Their results must be possible in a sequential run
 * of a specification, in some order.
 *
 * <p>Lincheck makes the scenarios. {@code -Dlincheck.times=N} makes N times as many. Its agent
 * changes loaded classes, so these tests have a JVM of their own, selected by their tag.
 */
@NullMarked
public final class Interleavings {

  /** Marks a test class that calls this one. */
  public static final String TAG = "interleavings";

  private static final int TIMES = Integer.getInteger("lincheck.times", 1);
  private static final int SCENARIOS = 16;
  private static final int RUNS = 60;
  private static final int OFTEN = 300;
  private static final int ORDERS = 25;

  private Interleavings() {}

  /**
   * Runs them on real threads, where effects of the memory model can show.
   *
   * @param operations public, with a public constructor, and public methods that are Operations
   * @param specification with a public constructor and the same methods, for one thread
   */
  public static void onThreads(Class<?> operations, Class<?> specification) {
    check(new StressOptions().invocationsPerIteration(RUNS), operations, specification);
  }

  /**
   * Like {@link #onThreads}, but more often, for code with a selector, which cannot run in many
   * orders.
   */
  public static void onThreadsOften(Class<?> operations, Class<?> specification) {
    check(new StressOptions().invocationsPerIteration(OFTEN), operations, specification);
  }

  /** Runs one step of a thread after the other, in many orders. A failure shows the steps. */
  public static void inManyOrders(Class<?> operations, Class<?> specification) {
    check(new ModelCheckingOptions().invocationsPerIteration(ORDERS), operations, specification);
  }

  private static void check(Options<?, ?> options, Class<?> operations, Class<?> specification) {
    options.iterations(SCENARIOS * TIMES);
    options.threads(2);
    options.actorsPerThread(2);
    options.actorsBefore(1);
    options.actorsAfter(3);
    options.sequentialSpecification(specification);
    options.check(operations);
  }
}
