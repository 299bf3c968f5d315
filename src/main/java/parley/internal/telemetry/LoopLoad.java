package parley.internal.telemetry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import parley.telemetry.LoopFigures;

/**
 * Measures how busy one event loop is. Its thread counts; any thread may read.
 *
 * <p>A loop is busy from the return of one poll of its sockets to the next. While it is, a socket
 * that becomes ready waits: for at most that time.
 */
public final class LoopLoad {

  private final Durations rounds = new Durations(Durations.Scale.ANSWERS);
  private final AtomicLong busyNanos = new AtomicLong();

  /** Counts a round: the time in nanoseconds between two polls of the sockets. */
  public void round(long duration) {
    busyNanos.setOpaque(busyNanos.getPlain() + duration);
    rounds.record(duration, 1);
  }

  /** Returns the figures of a loop with this name. */
  public LoopFigures figures(String name) {
    return new LoopFigures(name, Duration.ofNanos(busyNanos.getOpaque()), rounds.figures());
  }
}
