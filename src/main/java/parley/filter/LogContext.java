package parley.filter;

import java.util.Map;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import parley.endpoint.Association;
import parley.transport.SessionAttribute;

/**
 * Says whose event a thread handles: {@code association} and {@code listener} of its log lines.
 *
 * <p>Log4j asks for them when a line is logged ({@link Log4jContext}). Where nobody has asked, with
 * another backend of SLF4J, they are in the MDC as well, which copies its map for each event. A
 * handler that logs from threads of its own takes {@code Association.of(session)} with it: with
 * Log4j there is nothing in the MDC to hand over.
 */
final class LogContext {

  private static final String ASSOCIATION = "association";
  private static final String LISTENER = "listener";

  private static final SessionAttribute<String> TEXT =
      new SessionAttribute<>(LogContext.class, "text", LogContext::association);

  private static final ThreadLocal<LogContext> CURRENT = ThreadLocal.withInitial(LogContext::new);

  private static volatile boolean asked;

  private @Nullable IoSession session;
  private String listener = "";

  private LogContext() {}

  /** That of the calling thread. */
  static LogContext current() {
    return CURRENT.get();
  }

  /** From now on somebody asks for them: the MDC can do without. */
  static void willBeAsked() {
    asked = true;
  }

  /** The values of the calling thread; none outside an event. */
  static Map<String, String> values() {
    LogContext context = current();
    IoSession of = context.session;
    return of == null ? Map.of() : Map.of(ASSOCIATION, association(of), LISTENER, context.listener);
  }

  private static String association(IoSession session) {
    return String.valueOf(Association.of(session));
  }

  /** Handles an event with them, also within the event of another session. */
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
      if (asked) {
        event.pass();
      } else {
        inMdc(TEXT.of(itsSession), itsListener, event);
      }
    } finally {
      session = outer;
      listener = outerListener;
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
