package parley.internal.loop;

import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.util.DefaultExceptionMonitor;
import org.apache.mina.util.ExceptionMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.telemetry.RareLog;

/** Logs exceptions from listeners of futures: rarely, because there is a future for each write. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final RareLog FAILED = new RareLog(LOG, Level.ERROR);

  private Listeners() {}

  /** Logs an exception of a listener that MINA lets through. Any thread may call this. */
  static void failed(Throwable thrown) {
    FAILED.log("listener of a future failed", thrown);
  }

  /** Fails a future, and logs the exception of a listener. Any thread may call this. */
  static void fail(WriteFuture future, Throwable cause) {
    try {
      future.setException(cause);
    } catch (RuntimeException | Error thrown) {
      failed(thrown);
    }
  }

  /**
   * Replaces MINA's exception monitor, unless the application has set one. MINA passes exceptions
   * of listeners and some others to it, and its own monitor logs each with its stack.
   */
  static void bound() {
    if (ExceptionMonitor.getInstance() instanceof DefaultExceptionMonitor) {
      ExceptionMonitor.setInstance(
          new ExceptionMonitor() {
            @Override
            public void exceptionCaught(Throwable cause) {
              FAILED.log("uncaught exception reported by MINA", cause);
            }
          });
    }
  }
}
