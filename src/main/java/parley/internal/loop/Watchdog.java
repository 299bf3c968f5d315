package parley.internal.loop;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.telemetry.JfrEvents;
import parley.internal.telemetry.Observers;
import parley.internal.telemetry.RareLog;

/**
 * Logs when a loop is blocked by a handler that blocks or takes long: one line with the stack of
 * its thread, and one when it continues. Runs periodically on one thread.
 */
final class Watchdog implements Runnable {

  private static final RareLog LOG =
      new RareLog(LoggerFactory.getLogger(Watchdog.class), Level.WARN);
  private static final int MOST_FRAMES = 40;

  private final EventLoop loop;
  private final long limit;
  private final Observers observers;
  private long toldSince;

  Watchdog(EventLoop loop, Duration limit, Observers observers) {
    this.loop = loop;
    this.observers = observers;
    this.limit = limit.toNanos();
  }

  @Override
  public void run() {
    long since = loop.busySince();
    long now = System.nanoTime();
    if (toldSince != 0 && since != toldSince) {
      JfrEvents.loopHeldUp(loop.name(), Duration.ofNanos(now - toldSince));
      LOG.log("event loop continues: blocked_at_most=" + millis(now - toldSince) + "ms");
      toldSince = 0;
    }
    Thread thread = loop.thread();
    if (toldSince == 0 && since != 0 && now - since >= limit && thread != null) {
      String stack = stack(thread);
      if (loop.busySince() == since) { // otherwise the stack shows later work
        toldSince = since;
        Duration blocked = Duration.ofNanos(now - since);
        observers.fire(each -> each.loopHeldUp(loop.name(), blocked, stack));
        LOG.log(
            "event loop blocked, all its sessions wait: blocked="
                + millis(now - since)
                + "ms stack="
                + stack);
      }
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .limit(MOST_FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }
}
