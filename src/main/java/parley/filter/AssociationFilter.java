package parley.filter;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import parley.endpoint.Association;

/**
 * Puts the association and the listener's name into the log context ({@code association}, {@code
 * listener}) while a session's events are handled, so that each log line made there carries them.
 */
final class AssociationFilter extends AroundFilter {

  private static final String ASSOCIATION = "association";
  private static final String LISTENER = "listener";

  private final String listener;

  AssociationFilter(String listener) {
    this.listener = listener;
  }

  @Override
  void around(IoSession session, Event event) throws Exception {
    String outer = MDC.get(ASSOCIATION); // an event may be fired within another session's
    String outerListener = MDC.get(LISTENER);
    MDC.put(ASSOCIATION, String.valueOf(Association.of(session)));
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
