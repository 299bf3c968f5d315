package parley.filter;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import parley.transport.SessionAttribute;

/**
 * Has the event loop look at each session's {@link Deadlines}, from its first to its last event.
 */
final class DeadlineFilter extends IoFilterAdapter {

  private static final SessionAttribute<SessionDeadlines> DEADLINES =
      new SessionAttribute<>(DeadlineFilter.class, "deadlines");

  private final Deadlines deadlines;

  DeadlineFilter(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    SessionDeadlines its = new SessionDeadlines(session, deadlines, records(session));
    DEADLINES.set(session, its);
    its.watch(deadlines.shortest());
    next.sessionCreated(session);
  }

  private static RecordProgress records(IoSession session) {
    return session.getFilterChain().get(FilterChains.TLS) instanceof RecordProgress tls
        ? tls
        : any -> 0;
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) {
    SessionDeadlines its = DEADLINES.ifMade(session);
    if (its != null) {
      its.unwatch();
    }
    next.sessionClosed(session);
  }
}
