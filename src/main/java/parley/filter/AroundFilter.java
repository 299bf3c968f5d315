package parley.filter;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;

/** Does one thing around every event that goes up the chain, whichever it is. */
abstract class AroundFilter extends IoFilterAdapter {

  /** Passes an event on. */
  interface Event {
    void pass() throws Exception;
  }

  /** Calls {@code event.pass()}, once, with what this filter does before and after it. */
  abstract void around(IoSession session, Event event) throws Exception;

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
