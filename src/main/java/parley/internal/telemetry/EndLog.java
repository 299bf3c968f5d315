package parley.internal.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.session.EndReason;

/**
 * Logs why the sessions of one listener or client end. Each reason and level has a {@link RareLog}
 * of its own, so that one kind of peer does not hide the others. Thread-safe.
 */
public final class EndLog {

  private static final Logger LOG = LoggerFactory.getLogger(EndLog.class);

  /** The log for sessions whose chain has only some of Parley's filters. */
  public static final EndLog OF_OTHERS = new EndLog();

  private record Kind(EndReason reason, Level level) {}

  private final Map<Kind, RareLog> logs = new ConcurrentHashMap<>();

  /** Logs the end of a session. */
  public void log(EndReason reason, Level level, String detail) {
    logs.computeIfAbsent(new Kind(reason, level), kind -> new RareLog(LOG, level))
        .log("session closed: reason=" + reason.label() + " detail=\"" + detail + '"');
  }
}
