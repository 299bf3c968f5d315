package parley.internal.chain;

import java.time.Duration;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import parley.endpoint.Association;
import parley.internal.loop.EndLog;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.Expiry;
import parley.internal.loop.PluginContext;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Mark;

/**
 * The filter at the bottom of a session's chain. Exceptions of the filters above do not reach the
 * event loop, and log lines of the filters above carry the association. A closing session lingers.
 * MINA's work at a session's end is done despite exceptions.
 */
final class ConnectionFilter extends AroundFilter {

  private final EventLoopGroup loops;
  private final Duration closeTimeout;
  private final String listener;
  private final EndLog endLog = new EndLog();

  /**
   * Creates the filter for a listener's or client's sessions.
   *
   * @param context the context for their protocol's code
   * @param closeTimeout how long a closing session waits for the peer's end
   * @param listener its name, for the log context
   */
  ConnectionFilter(
      PluginContext context, EventLoopGroup loops, Duration closeTimeout, String listener) {
    super(context);
    this.loops = loops;
    this.closeTimeout = closeTimeout;
    this.listener = listener;
  }

  @Override
  void pass(IoSession session, Event event) throws Exception {
    LogContext.current().during(session, listener, event);
  }

  /**
   * Reads the association while there is one, because log lines of a closed session carry it too.
   */
  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    SessionLifecycle.of(session).begin(closeTimeout, endLog);
    Association.of(session);
    context().keepFor(session);
    super.sessionCreated(next, session);
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    if (!SessionLifecycle.of(session).has(Mark.LINGERED)) {
      super.messageReceived(next, session, message);
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    if (!SessionLifecycle.of(session).has(Mark.LINGERED)) {
      super.inputClosed(next, session);
    } else {
      around(session, SessionLifecycle.of(session)::lingered);
    }
  }

  /** Checks a deadline in the same way as other events of the session. */
  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (event instanceof Expiry expiry) {
      around(session, expiry::run);
    } else {
      super.event(next, session, event);
    }
  }

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    SessionLifecycle.of(session).thrown();
    super.exceptionCaught(next, session, cause);
  }

  @Override
  public void filterClose(NextFilter next, IoSession session) throws Exception {
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    if (loops.isDisposing() || !lifecycle.linger()) {
      lifecycle.closing();
      next.filterClose(session);
    }
  }

  /** Does the work of MINA's last filter even if a filter before it throws. */
  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    try {
      super.sessionClosed(next, session);
    } finally {
      if (session instanceof AbstractIoSession own) {
        PluginContext.of(session).run(() -> own.getWriteRequestQueue().dispose(session));
      }
      SessionLifecycle.of(session).chainNotified();
    }
  }
}
