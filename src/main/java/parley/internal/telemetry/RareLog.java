package parley.internal.telemetry;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs lines of one kind that any number of peers may cause: one per second, and at most ten at
 * once. The next line has the number of lines left out. Thread-safe.
 */
public final class RareLog {

  private static final int PER_SECOND = 1;
  private static final int BURST = 10;

  private final Logger log;
  private final Level level;
  private final LongSupplier nanos;
  private final TokenBucket tokens;
  private long leftOut;

  /** Creates a log for lines of a level. */
  public RareLog(Logger log, Level level) {
    this(log, level, System::nanoTime);
  }

  /** Creates a log with a nanosecond clock. */
  RareLog(Logger log, Level level, LongSupplier nanos) {
    this.log = log;
    this.level = level;
    this.nanos = nanos;
    this.tokens = new TokenBucket(PER_SECOND, BURST, nanos.getAsLong());
  }

  /** Logs a line, unless there were too many. */
  public void log(String line) {
    log(line, null);
  }

  /** Logs a line with a stack. */
  public void log(String line, @Nullable Throwable thrown) {
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    long before;
    synchronized (this) {
      if (!tokens.take(nanos.getAsLong())) {
        leftOut++;
        return;
      }
      before = leftOut;
      leftOut = 0;
    }
    String text = before == 0 ? line : line + " (similar lines left out: " + before + ")";
    log.atLevel(level).setCause(thrown).log(text);
  }
}
