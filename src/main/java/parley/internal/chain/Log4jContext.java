package parley.internal.chain;

import java.util.Map;
import org.apache.logging.log4j.core.util.ContextDataProvider;

/**
 * Gives Log4j the {@code association} and {@code listener} of the session whose event the logging
 * thread handles, as {@code %X{association}}. Log4j finds and creates this class, and calls it for
 * each logged line, on the thread that logs.
 */
public final class Log4jContext implements ContextDataProvider {

  /** Called by Log4j when it starts. */
  public Log4jContext() {
    LogContext.willBeAsked();
  }

  @Override
  public Map<String, String> supplyContextData() {
    return LogContext.values();
  }
}
