package parley.internal.chain;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import parley.internal.loop.PluginContext;

/**
 * Guards the filters below it: every event that goes up runs with the {@link PluginContext} of the
 * session's protocol, and no exception goes further down.
 *
 * <p>MINA's chain reports an exception to {@code exceptionCaught}. Then it throws an Error again,
 * down to the event loop, which would end. This filter stops the Error instead. An interrupt flag
 * that code left behind is cleared: with it, the next read or write would close its channel.
 */
abstract class AroundFilter extends IoFilterAdapter {

  private final PluginContext context;

  AroundFilter(PluginContext context) {
    this.context = context;
  }

  PluginContext context() {
    return context;
  }

  /** Passes an event on. */
  interface Event {
    void pass() throws Exception;
  }

  final void around(IoSession session, Event event) throws Exception {
    ClassLoader before = context.enter();
    try {
      pass(session, event);
    } catch (Error alreadyReported) {
      // MINA's chain has passed it to exceptionCaught before it threw it again
    } finally {
      context.leave(before);
      Thread.interrupted();
    }
  }

  /** Calls {@code event.pass()}, once, with this filter's work before and after it. */
  void pass(IoSession session, Event event) throws Exception {
    event.pass();
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    around(session, () -> next.sessionCreated(session));
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    around(session, () -> next.sessionOpened(session));
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    around(session, () -> next.sessionClosed(session));
  }

  @Override
  public void sessionIdle(NextFilter next, IoSession session, IdleStatus status) throws Exception {
    around(session, () -> next.sessionIdle(session, status));
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    around(session, () -> next.messageReceived(session, message));
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    around(session, () -> next.messageSent(session, request));
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    around(session, () -> next.inputClosed(session));
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    around(session, () -> next.event(session, event));
  }

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    around(session, () -> next.exceptionCaught(session, cause));
  }
}
