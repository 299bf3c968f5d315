package parley.filter;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;

/** Has the event loop check each session's {@link Deadlines}, from its first to its last event. */
final class DeadlineFilter extends IoFilterAdapter {

  private final Deadlines deadlines;

  DeadlineFilter(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    new SessionDeadlines(session, deadlines).begin();
    next.sessionCreated(session);
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) {
    SessionDeadlines.of(session).unwatch();
    next.sessionClosed(session);
  }
}
