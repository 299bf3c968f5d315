package parley.internal.chain;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import parley.internal.loop.EngineEvent;
import parley.internal.loop.Outbound;
import parley.internal.loop.Overrides;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.loop.SessionState;

/**
 * Moves a blocking handler to the threads of an executor. A session's events are handled one at a
 * time and in order, events of different sessions concurrently. A session's waiting frames are
 * limited: at the limit, no more of its frames are handed on or read until half are done.
 *
 * <p>Unlike MINA's filter of this name, it loses nothing at the end of a stream or in a drain,
 * because waiting frames count as in progress. No exception ends a thread.
 */
final class ExecutorFilter extends IoFilterAdapter {

  private static final ClassValue<Boolean> HANDLES_SENT =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> handler) {
          return Overrides.any(handler, IoHandlerAdapter.class, "messageSent");
        }
      };

  private final HandlerThreads threads;
  private final String listener;

  /**
   * Creates the filter for a listener's handler.
   *
   * @param threads where the handler runs
   * @param listener its name, for the log context
   */
  ExecutorFilter(HandlerThreads threads, String listener) {
    this.threads = threads;
    this.listener = listener;
  }

  private EventQueue queueOf(IoSession session) {
    SessionState state = SessionState.of(session);
    return state.events() instanceof EventQueue known ? known : makeQueue(session, state);
  }

  private EventQueue makeQueue(IoSession session, SessionState state) {
    synchronized (state) {
      if (state.events() instanceof EventQueue known) {
        return known;
      }
      EventQueue made = new EventQueue(session, threads.executor(), threads.most(), listener);
      state.setEvents(made);
      return made;
    }
  }

  private void later(IoSession session, AroundFilter.Event event) {
    queueOf(session).add(event);
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) {
    later(session, () -> next.sessionOpened(session));
  }

  /** Counts the session until its handler was notified of the end. */
  @Override
  public void sessionClosed(NextFilter next, IoSession session) {
    SessionLifecycle.of(session).happens(Mark.ENDS_LATER);
    later(
        session,
        () -> {
          try {
            next.sessionClosed(session);
          } finally {
            SessionLifecycle.of(session).over();
          }
        });
  }

  @Override
  public void sessionIdle(NextFilter next, IoSession session, IdleStatus status) {
    later(session, () -> next.sessionIdle(session, status));
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) {
    queueOf(session).addFrame(message, () -> next.messageReceived(session, message));
  }

  /**
   * Delays the event only for a handler that implements it; otherwise pushed messages would pile up
   * here.
   */
  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request) {
    Outbound outbound = Outbound.of(session);
    if (outbound == null || !HANDLES_SENT.get(session.getHandler().getClass())) {
      next.messageSent(session, request);
      return;
    }
    outbound.reportsLater();
    later(
        session,
        () -> {
          try {
            next.messageSent(session, request);
          } finally {
            outbound.reported();
          }
        });
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) {
    later(session, () -> next.inputClosed(session));
  }

  /**
   * Drops the engine's own events, which get here only if a protocol replaced the codec's filter.
   */
  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) {
    if (!(event instanceof EngineEvent)) {
      later(session, () -> next.event(session, event));
    }
  }

  /**
   * Handles an exception of the handler itself at once, because it is part of the handler's event.
   */
  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    EventQueue queue = queueOf(session);
    if (queue.isRunBy(Thread.currentThread())) {
      next.exceptionCaught(session, cause);
    } else {
      queue.add(() -> next.exceptionCaught(session, cause));
    }
  }
}
