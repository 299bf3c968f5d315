package parley.internal.chain;

import org.apache.mina.core.filterchain.DefaultIoFilterChain;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.apache.mina.filter.FilterEvent;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.codec.CodecInternals;
import parley.codec.CutShortException;
import parley.codec.FrameException;
import parley.internal.loop.EngineEvent;
import parley.internal.loop.Overrides;
import parley.internal.loop.PluginContext;
import parley.internal.loop.Scheduled;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.internal.telemetry.RareLog;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.session.ConnectionResetException;
import parley.session.CutException;
import parley.session.EndReason;
import parley.session.PeerFault;

/**
 * Ends a session at its first fault: logs it, notifies the handler, and closes. It is the last
 * filter of the chain, and guards the chain against the handler.
 *
 * <ul>
 *   <li>An invalid frame or TLS record, a limit or a deadline: one line at INFO. Pending frames are
 *       answered, then the session closes. A peer that accepts no data is cut at once.
 *   <li>A lost connection (reset, broken pipe): one line at DEBUG, and the session closes.
 *   <li>Anything else is a defect of the handler, a filter or the codec: ERROR with its stack, once
 *       per session, even if the session is already closing. Written data is sent, then the session
 *       closes. If a class does not fit the others, or its jar was changed, the line explains
 *       everything, and there is no stack.
 * </ul>
 *
 * <p>{@link RareLog} limits the lines at INFO and ERROR, whatever the peers do.
 */
final class FaultFilter extends AroundFilter {

  private static final Logger LOG = LoggerFactory.getLogger(FaultFilter.class);

  private final Protocol<?, ?> protocol;
  private final String description;
  private final RareLog defects = new RareLog(LOG, Level.ERROR);

  /** Creates the filter for the sessions of a protocol. */
  FaultFilter(Protocol<?, ?> protocol, ProtocolCodecFactory codec) {
    super(PluginContext.around(protocol));
    this.protocol = protocol;
    String foreign = CodecInternals.foreignName(codec);
    this.description =
        Protocols.describe(protocol) + (foreign == null ? "" : " with codec " + foreign);
  }

  /** Notes that nothing below holds the session back any more. */
  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    SessionLifecycle.of(session).through();
    super.sessionCreated(next, session);
  }

  /** Guards writes: the protocol's filters are below, and any thread may write. */
  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    ClassLoader before = context().enter();
    try {
      next.filterWrite(session, request);
    } finally {
      context().leave(before);
    }
  }

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    boolean first =
        lifecycle.happens(Mark.FAULT) && (isOfTheConnection(cause) || !session.isClosing());
    lifecycle.beginEnd(reason(cause), SessionLifecycle.QueuedFrames.DROPPED);
    boolean firstDefect = isDefect(session, cause) && lifecycle.happens(Mark.DEFECT);
    if (firstDefect) {
      logDefect(cause);
    } else if (first && (isRefusal(cause) || cause instanceof CutException)) {
      lifecycle.logEnd(Level.INFO, cause.getMessage());
    } else {
      LOG.debug("session exception: cause=\"{}\"", cause.toString());
    }
    if (first && handlesExceptions(session.getHandler())) {
      super.exceptionCaught(next, session, cause);
    }
    if (isRefusal(cause)) {
      lifecycle.endPolitely(reason(cause), SessionLifecycle.QueuedFrames.DROPPED, null);
    } else if (isOfTheConnection(cause)) {
      session.closeNow();
    } else if (first || firstDefect) {
      session.closeOnFlush(); // each call requests a flush: a write that fails again must not
    }
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    Scheduled.sentAgain((AbstractIoSession) session);
    super.messageSent(next, session, request);
  }

  /**
   * Drops the engine's own events, which get here only if a protocol replaced the codec's filter.
   */
  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (!(event instanceof EngineEvent)) {
      super.event(next, session, event);
    }
  }

  /** Closes the session even if a filter below throws and does not pass the close on. */
  @Override
  public void filterClose(NextFilter next, IoSession session) throws Exception {
    // MINA passes the exception to the future of a connect, if it still waits, and to no filter
    boolean connects = session.containsAttribute(DefaultIoFilterChain.SESSION_CREATED_FUTURE);
    SessionLifecycle.of(session).closePasses();
    ClassLoader before = context().enter();
    try {
      next.filterClose(session);
    } catch (Error alreadyReported) {
      // as in around
    } finally {
      context().leave(before);
      boolean failed =
          SessionLifecycle.of(session).closePassed()
              || (connects
                  && !session.containsAttribute(DefaultIoFilterChain.SESSION_CREATED_FUTURE));
      if (failed && session instanceof NioSession nio) {
        nio.getProcessor().remove(nio);
      }
    }
  }

  /**
   * Returns whether a cause is a lost connection. It is reported only for a session that was not
   * closing, however late it gets here.
   */
  private static boolean isOfTheConnection(Throwable cause) {
    return cause instanceof ConnectionResetException || cause instanceof CutException;
  }

  /** Returns whether a cause means that the peer's data is refused. */
  private static boolean isRefusal(Throwable cause) {
    return cause instanceof FrameException || cause instanceof PeerFault;
  }

  /** Returns the end reason for an exception; a deadline or cut has already set its own. */
  static EndReason reason(Throwable cause) {
    if (cause instanceof CutShortException) {
      return EndReason.CUT_SHORT;
    }
    if (isRefusal(cause)) {
      return EndReason.REFUSED;
    }
    return cause instanceof ConnectionResetException ? EndReason.RESET : EndReason.FAULT;
  }

  private void logDefect(Throwable cause) {
    String misfit = Protocols.misfit(protocol, cause);
    if (misfit == null) {
      defects.log("session closed: reason=fault source=\"" + description + '"', cause);
    } else {
      defects.log("session closed: reason=fault detail=\"" + misfit + '"');
    }
  }

  private static boolean isDefect(IoSession session, Throwable cause) {
    return !(isRefusal(cause)
        || isOfTheConnection(cause)
        || (cause instanceof WriteToClosedSessionException && session.isClosing()));
  }

  /**
   * Returns whether a handler handles exceptions. MINA's adapter would only log them again, with
   * the stack.
   */
  private static boolean handlesExceptions(IoHandler handler) {
    return Overrides.any(handler.getClass(), IoHandlerAdapter.class, "exceptionCaught");
  }
}
