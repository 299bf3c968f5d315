package parley.client;

import java.time.Duration;
import java.util.concurrent.Future;

/** Runs short tasks after a delay. A test can replace that of the event loops. */
interface Timer {

  /**
   * Runs a task once after a delay, on the timer's thread, unless its future is cancelled before.
   */
  Future<?> schedule(Runnable task, Duration delay);
}
