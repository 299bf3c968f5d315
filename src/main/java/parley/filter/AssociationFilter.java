package parley.filter;

import org.apache.mina.core.session.IoSession;
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
    if (MDC.get(ASSOCIATION) != null) {
      event.pass(); // fired within another event of this thread
      return;
    }
    MDC.put(ASSOCIATION, String.valueOf(Association.of(session)));
    MDC.put(LISTENER, listener);
    try {
      event.pass();
    } finally {
      MDC.remove(ASSOCIATION);
      MDC.remove(LISTENER);
    }
  }
}
