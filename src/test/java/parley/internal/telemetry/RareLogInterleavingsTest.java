package parley.internal.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import parley.testing.Interleavings;

/** Several threads cause lines of one kind, while time passes. */
@Tag(Interleavings.TAG)
class RareLogInterleavingsTest {

  private static final int LEFT = 2;

  /** Keeps the last line of each thread. */
  private static final class Kept extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1;

    final transient ThreadLocal<String> line = new ThreadLocal<>();

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String text, Object[] arguments, Throwable thrown) {
      line.set(text);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return Kept.class.getName();
    }

    @Override
    public boolean isTraceEnabled() {
      return true;
    }

    @Override
    public boolean isDebugEnabled() {
      return true;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }
  }

  /** The operations of the threads. */
  public static class Operations {

    private final Kept kept = new Kept();
    private final AtomicLong nanos = new AtomicLong();
    private final RareLog log = new RareLog(kept, Level.INFO, nanos::get);

    public Operations() {
      for (int i = LEFT; i < 10; i++) {
        log.log("before");
      }
    }

    /** Returns the logged line. */
    @Operation
    public @Nullable String log() {
      kept.line.remove();
      log.log("line");
      return kept.line.get();
    }

    /** Lets enough time pass for one more line. */
    @Operation
    public void second() {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private int tokens = LEFT;
    private int leftOut;

    public @Nullable String log() {
      if (tokens == 0) {
        leftOut++;
        return null;
      }
      tokens--;
      String line = leftOut == 0 ? "line" : "line (similar lines left out: " + leftOut + ")";
      leftOut = 0;
      return line;
    }

    public void second() {
      tokens++;
    }
  }

  @Test
  void onThreads() {
    Interleavings.onThreads(Operations.class, Specification.class);
  }

  @Test
  void inManyOrders() {
    Interleavings.inManyOrders(Operations.class, Specification.class);
  }
}
