package parley.filter;

import org.apache.mina.core.session.IoSession;
import parley.endpoint.Association;

/**
 * Puts the association and the listener's name into the {@link LogContext} while a session's events
 * are handled, so that each log line made there carries them.
 */
final class AssociationFilter extends AroundFilter {

  private final String listener;

  AssociationFilter(String listener) {
    this.listener = listener;
  }

  /** The association is asked for while there is one: lines of a closed session carry it too. */
  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    Association.of(session);
    super.sessionCreated(next, session);
  }

  @Override
  void around(IoSession session, Event event) throws Exception {
    LogContext.current().during(session, listener, event);
  }
}
