package parley.internal.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import parley.telemetry.DurationFigures;

/**
 * Counts the work that one event loop does for one listener or client. The loop's thread counts;
 * any thread may read.
 */
public final class LoopMeter {

  private static final DurationFigures NO_DURATIONS =
      new Durations(Durations.Scale.ANSWERS).figures();
  private static final VarHandle READ = field("readBytes");
  private static final VarHandle WRITTEN = field("writtenBytes");
  private static final VarHandle REQUESTS = field("requests");

  private final @Nullable ServiceMeter observed; // null if no observer wants its requests
  private volatile @Nullable Durations requestDurations; // since the first answer
  private long readBytes;
  private long writtenBytes;
  private long requests;

  LoopMeter(ServiceMeter service, Observers observers) {
    observed = observers.observesRequests() ? service : null;
  }

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(LoopMeter.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Counts bytes that were read from sockets. */
  public void read(int bytes) {
    READ.setOpaque(this, readBytes + bytes);
  }

  /** Counts bytes that the kernel has taken. */
  public void written(int bytes) {
    WRITTEN.setOpaque(this, writtenBytes + bytes);
  }

  /** Counts frames of a session that were handed to the handler. */
  public void requests(long session, int frames) {
    REQUESTS.setOpaque(this, requests + frames);
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
    return (long) READ.getOpaque(this);
  }

  long writtenBytes() {
    return (long) WRITTEN.getOpaque(this);
  }

  long requests() {
    return (long) REQUESTS.getOpaque(this);
  }

  DurationFigures requestDurations() {
    Durations known = requestDurations;
    return known == null ? NO_DURATIONS : known.figures();
  }
}
