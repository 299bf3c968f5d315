package parley.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/**
 * Captures the log while it is open, each line with level, association and message. The watchdog's
 * lines are kept apart, because a busy machine delays event loops.
 */
public final class Logs implements AutoCloseable {

  private static final String WATCHDOG = "parley.internal.loop.Watchdog";

  private record Line(String logger, Level level, String text) {}

  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();
  private final AbstractAppender appender =
      new AbstractAppender("captured", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          String association = event.getContextData().getValue("association");
          String message = event.getMessage().getFormattedMessage();
          if (event.getThrown() != null) {
            thrown.add(event.getThrown());
          }
          lines.add(
              new Line(
                  event.getLoggerName(),
                  event.getLevel(),
                  event.getLevel() + " " + association + " " + message));
        }
      };

  private Logs() {
    appender.start();
    root().addAppender(appender, Level.DEBUG, null);
  }

  public static Logs capture() {
    return new Logs();
  }

  private static org.apache.logging.log4j.core.config.LoggerConfig root() {
    return ((LoggerContext) LogManager.getContext(false)).getConfiguration().getRootLogger();
  }

  public List<String> atLeast(String level) {
    return lines.stream()
        .filter(line -> !line.logger.equals(WATCHDOG))
        .filter(line -> line.level.isMoreSpecificThan(Level.valueOf(level)))
        .map(Line::text)
        .toList();
  }

  /** The exceptions of all lines, whatever their level. */
  public List<Throwable> thrown() {
    return thrown;
  }

  /** Waits until a line is logged that the predicate accepts. */
  public void await(String level, Predicate<String> isIt) {
    Await.until("a line of the log", () -> atLeast(level), all -> all.stream().anyMatch(isIt));
  }

  public List<String> ofTheWatchdog() {
    return lines.stream().filter(line -> line.logger.equals(WATCHDOG)).map(Line::text).toList();
  }

  @Override
  public void close() {
    root().removeAppender("captured");
  }
}
