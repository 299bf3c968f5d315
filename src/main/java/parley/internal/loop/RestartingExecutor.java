package parley.internal.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.telemetry.RareLog;

/**
 * Restarts a loop after an exception escapes it. This is the last guard that keeps one session's
 * Error from ending all the others: MINA would never start that loop again.
 */
final class RestartingExecutor implements Executor {

  private static final RareLog LOG =
      new RareLog(LoggerFactory.getLogger(RestartingExecutor.class), Level.ERROR);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Executor executor;

  RestartingExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable loop) {
    executor.execute(() -> runUntilItReturns(loop));
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void runUntilItReturns(Runnable loop) {
    while (true) {
      try {
        loop.run();
        return;
      } catch (Throwable thrown) {
        LOG.log("event loop restarted after an exception escaped it", thrown);
        LockSupport.parkNanos(PAUSE_NANOS); // if each round throws, other threads get the processor
      }
    }
  }
}
