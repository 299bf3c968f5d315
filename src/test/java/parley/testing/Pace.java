package parley.testing;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/**
 * Time that must pass because it is what the test is about: the pace of a slow peer, a deadline
 * that is over, a handler that is busy. To wait for something else, use {@link Await}.
 */
@NullMarked
public final class Pace {

  private Pace() {}

  /** Lets at least this time pass. */
  public static void pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  /** Keeps the thread busy, as a handler does that computes. */
  public static void compute(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  /** A moment shorter than any clock's, so that two threads meet at another point each time. */
  public static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
