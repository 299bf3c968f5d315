package parley.filter;

import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import parley.transport.PluginContext;
import parley.transport.SessionLifecycle;

/**
 * Lets nothing that is thrown above it reach the event loop, and clears an interrupt flag that was
 * left there: with the flag set, the next read or write would close its channel.
 *
 * <p>All above runs with the {@link PluginContext} of the session's protocol.
 *
 * <p>MINA's chain reports what is thrown to {@code exceptionCaught} and then throws an Error again,
 * down to the loop, which would end. Here it ends instead; {@link FaultFilter} has seen it.
 */
class GuardFilter extends AroundFilter {

  private final PluginContext context;

  GuardFilter(PluginContext context) {
    this.context = context;
  }

  PluginContext context() {
    return context;
  }

  @Override
  void around(IoSession session, Event event) throws Exception {
    ClassLoader before = context.enter();
    try {
      event.pass();
    } catch (Error alreadyReported) {
      // MINA's chain has handed it to exceptionCaught before it threw it again
    } finally {
      context.leave(before);
      Thread.interrupted();
    }
  }

  /** Outermost, a guard is also the last that a session passes on its way out. */
  static final class Outermost extends GuardFilter {

    Outermost(PluginContext context) {
      super(context);
    }

    @Override
    public void sessionCreated(NextFilter next, IoSession session) throws Exception {
      SessionLifecycle.of(session).begin();
      context().keepFor(session);
      super.sessionCreated(next, session);
    }

    @Override
    public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
        throws Exception {
      SessionLifecycle.of(session).thrown();
      super.exceptionCaught(next, session, cause);
    }

    /** What MINA's last filter does is done even if one before it throws. */
    @Override
    public void sessionClosed(NextFilter next, IoSession session) throws Exception {
      try {
        super.sessionClosed(next, session);
      } finally {
        if (session instanceof AbstractIoSession own) {
          PluginContext.of(session).run(() -> own.getWriteRequestQueue().dispose(session));
        }
        SessionLifecycle.of(session).chainNotified(session);
      }
    }
  }
}
