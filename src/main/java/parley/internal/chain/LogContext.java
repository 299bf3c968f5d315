package parley.internal.chain;

import java.util.Map;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import parley.internal.loop.SessionState;

/**
 * The session whose event a thread handles, for the fields {@code association} and {@code listener}
 * of its log lines.
 *
 * <p>Log4j requests them when a line is logged ({@link Log4jContext}). With any other backend of
 * SLF4J, even if Log4j is present too, they are in the MDC, which copies its map for each event. A
 * handler that logs from its own threads passes {@code Association.of(session)} to them: with
 * Log4j, the MDC has nothing to hand over.
 */
final class LogContext {

  private static final String ASSOCIATION = "association";
  private static final String LISTENER = "listener";

  private static final ThreadLocal<LogContext> CURRENT = ThreadLocal.withInitial(LogContext::new);

  private static volatile boolean asked;

  private @Nullable IoSession session;
  private String listener = "";

  private LogContext() {}

  /** Returns the context of the calling thread. */
  static LogContext current() {
    return CURRENT.get();
  }

  /** Notes that Log4j requests the fields of its own lines from now on. */
  static void willBeAsked() {
    asked = true;
  }

  /** Resolved at the first event: Log4j may be initializing while it creates its provider. */
  private static final class Backend {

    /**
     * Whether SLF4J uses Log4j; Log4j may be present for other libraries, while SLF4J's lines go
     * elsewhere.
     */
    static final boolean IS_LOG4J =
        LoggerFactory.getILoggerFactory().getClass().getName().startsWith("org.apache.logging.");
  }

  /** Returns the values of the calling thread; none outside an event. */
  static Map<String, String> values() {
    LogContext context = current();
    IoSession of = context.session;
    return of == null ? Map.of() : Map.of(ASSOCIATION, association(of), LISTENER, context.listener);
  }

  private static String association(IoSession session) {
    return SessionState.associationText(session);
  }

  /** Handles an event with these fields, also within an event of another session. */
  void during(IoSession itsSession, String itsListener, AroundFilter.Event event) throws Exception {
    IoSession outer = session;
    if (outer == itsSession) {
      event.pass();
      return;
    }
    String outerListener = listener;
    session = itsSession;
    listener = itsListener;
    try {
      if (asked && Backend.IS_LOG4J) {
        event.pass();
      } else {
        inMdc(association(itsSession), itsListener, event);
      }
    } finally {
      session = outer;
      listener = outerListener;
    }
  }

  /** Updates the association of the current event's session, after its PROXY header has come. */
  void refresh() {
    IoSession its = session;
    if (its != null && !(asked && Backend.IS_LOG4J)) {
      MDC.put(ASSOCIATION, association(its));
    }
  }

  static void inMdc(String association, String listener, AroundFilter.Event event)
      throws Exception {
    String outer = MDC.get(ASSOCIATION);
    String outerListener = MDC.get(LISTENER);
    MDC.put(ASSOCIATION, association);
    MDC.put(LISTENER, listener);
    try {
      event.pass();
    } finally {
      restore(ASSOCIATION, outer);
      restore(LISTENER, outerListener);
    }
  }

  private static void restore(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }
}
