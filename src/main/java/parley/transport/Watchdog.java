package parley.transport;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when a loop is held up: by a handler that blocks, or that takes long. One line
 * with the stack of its thread, and one when it goes on. Run now and then, on one thread.
 */
final class Watchdog implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final int MOST_FRAMES = 40;

  private final EventLoop loop;
  private final long limit;
  private long toldSince;

  Watchdog(EventLoop loop, Duration limit) {
    this.loop = loop;
    this.limit = limit.toNanos();
  }

  @Override
  public void run() {
    long since = loop.busySince();
    long now = System.nanoTime();
    if (toldSince != 0 && since != toldSince) {
      LOG.warn("an event loop goes on, after {} ms or less", millis(now - toldSince));
      toldSince = 0;
    }
    Thread thread = loop.thread();
    if (toldSince == 0 && since != 0 && now - since >= limit && thread != null) {
      toldSince = since;
      LOG.warn(
          "an event loop is held up for {} ms, all its sessions wait: {}",
          millis(now - since),
          stack(thread));
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
