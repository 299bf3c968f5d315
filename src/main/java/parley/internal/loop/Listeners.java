package parley.internal.loop;

import org.apache.mina.util.DefaultExceptionMonitor;
import org.apache.mina.util.ExceptionMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs what listeners of futures throw: seldom, as there is a future for each write. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final RareLog FAILED = new RareLog(LOG, Level.ERROR);

  private Listeners() {}

  /** One has thrown something that MINA lets through. Any thread may call. */
  static void failed(Throwable thrown) {
    FAILED.log("a listener of a future failed", thrown);
  }

  /**
   * MINA hands exceptions of listeners and some others to one monitor, whose own logs them all,
   * each with its stack. It is replaced, unless somebody has set another.
   */
  static void bound() {
    if (ExceptionMonitor.getInstance() instanceof DefaultExceptionMonitor) {
      ExceptionMonitor.setInstance(
          new ExceptionMonitor() {
            @Override
            public void exceptionCaught(Throwable cause) {
              FAILED.log("MINA reports what nobody has caught", cause);
            }
          });
    }
  }
}
