package parley.internal.chain;

import java.time.Duration;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.Expiry;
import parley.internal.loop.PluginContext;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.telemetry.ServiceMeter;

/**
 * The filter at the bottom of a session's chain. Exceptions of the filters above do not reach the
 * event loop, and log lines of the filters above carry the association. A closing session lingers.
 * MINA's work at a session's end is done despite exceptions.
 */
final class ConnectionFilter extends AroundFilter {

  private final EventLoopGroup loops;
  private final Duration closeTimeout;
  private final ServiceMeter meter;

  /**
   * Creates the filter for a listener's or client's sessions.
   *
   * @param context the context for their protocol's code
   * @param closeTimeout how long a closing session waits for the peer's end
   * @param meter counts and logs what happens to the sessions
   */
  ConnectionFilter(
      PluginContext context, EventLoopGroup loops, Duration closeTimeout, ServiceMeter meter) {
    super(context);
    this.loops = loops;
    this.closeTimeout = closeTimeout;
    this.meter = meter;
  }

  @Override
  void pass(IoSession session, Event event) throws Exception {
    LogContext.current().during(session, meter.name(), event);
  }

  /** Begins the session's life: among others, the association is read while there is one. */
  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    SessionLifecycle.of(session).begin(closeTimeout, meter);
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
