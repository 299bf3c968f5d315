package parley.internal.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import parley.telemetry.LoopFigures;

/**
 * Measures how busy one event loop is. Its thread counts; any thread may read.
 *
 * <p>A loop is busy from the return of one poll of its sockets to the next. While it is, a socket
 * that becomes ready waits: for at most that time.
 */
public final class LoopLoad {

  private static final VarHandle BUSY;

  static {
    try {
      BUSY = MethodHandles.lookup().findVarHandle(LoopLoad.class, "busyNanos", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Durations rounds = new Durations(Durations.Scale.ANSWERS);
  private long busyNanos;

  /** Counts a round: the time in nanoseconds between two polls of the sockets. */
  public void round(long duration) {
    BUSY.setOpaque(this, busyNanos + duration);
    rounds.record(duration, 1);
  }

  /** Returns the figures of a loop with this name. */
  public LoopFigures figures(String name) {
    return new LoopFigures(name, Duration.ofNanos((long) BUSY.getOpaque(this)), rounds.figures());
  }
}
