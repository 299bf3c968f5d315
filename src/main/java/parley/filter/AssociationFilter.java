package parley.filter;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import parley.endpoint.Association;
import parley.transport.SessionAttribute;

/**
 * Puts the association and the listener's name into the log context ({@code association}, {@code
 * listener}) while a session's events are handled, so that each log line made there carries them.
 */
final class AssociationFilter extends AroundFilter {

  private static final String ASSOCIATION = "association";
  private static final String LISTENER = "listener";

  private static final SessionAttribute<String> TEXT =
      new SessionAttribute<>(
          AssociationFilter.class, "text", session -> String.valueOf(Association.of(session)));

  private final String listener;

  AssociationFilter(String listener) {
    this.listener = listener;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an event within another of the same session
  void around(IoSession session, Event event) throws Exception {
    String association = TEXT.of(session);
    String outer = MDC.get(ASSOCIATION); // an event may be fired within another session's
    if (outer == association) {
      event.pass();
      return;
    }
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
