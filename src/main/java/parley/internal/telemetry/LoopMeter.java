package parley.internal.telemetry;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import parley.telemetry.DurationFigures;

/**
 * Counts the work that one event loop does for one listener or client. The loop's thread counts;
 * any thread may read.
 */
public final class LoopMeter {

  private static final DurationFigures NO_DURATIONS =
      new Durations(Durations.Scale.ANSWERS).figures();

  private final @Nullable ServiceMeter observed; // null if no observer wants its requests
  private volatile @Nullable Durations requestDurations; // since the first answer
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();

  LoopMeter(ServiceMeter service, Observers observers) {
    observed = observers.observesRequests() ? service : null;
  }

  private static void add(AtomicLong count, int more) {
    count.setOpaque(count.getPlain() + more);
  }

  /** Counts bytes that were read from sockets. */
  public void read(int bytes) {
    add(readBytes, bytes);
  }

  /** Counts bytes that the kernel has taken. */
  public void written(int bytes) {
    add(writtenBytes, bytes);
  }

  /** Counts frames of a session that were handed to the handler. */
  public void requests(long session, int frames) {
    add(requests, frames);
    if (observed != null) {
      observed.requestsBegan(session, frames);
    }
  }

  /** Counts requests of a session that were answered after the same time, in nanoseconds. */
  public void answered(long session, long duration, int times) {
    Durations known = requestDurations;
    if (known == null) {
      known = new Durations(Durations.Scale.ANSWERS);
      requestDurations = known;
    }
    known.record(duration, times);
    if (observed != null) {
      observed.requestsAnswered(session, duration, times);
    }
  }

  long readBytes() {
    return readBytes.getOpaque();
  }

  long writtenBytes() {
    return writtenBytes.getOpaque();
  }

  long requests() {
    return requests.getOpaque();
  }

  DurationFigures requestDurations() {
    Durations known = requestDurations;
    return known == null ? NO_DURATIONS : known.figures();
  }
}
