package parley.internal.loop;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import parley.session.CutException;
import parley.session.EndReason;

/**
 * The life of one session: its phase, the events that change it, and the reason of its end. Filters
 * report events to it and ask it; none keeps a flag of its own about an end. Any thread may call.
 */
public final class SessionLifecycle {

  /** Where a session is in its life. */
  public enum Phase {
    /** Held back by a handshake or the header of a proxy; or just made. */
    HANDSHAKE,
    /** Read, handled and written. */
    OPEN,
    /** The peer sends no more; the handler may still write. */
    HALF_CLOSED,
    /** No more is read; what is pending is answered and sent. */
    ENDING,
    /** All is sent, and FIN; what the peer still sends is dropped until its own end. */
    LINGERING,
    /** Over. */
    CLOSED
  }

  /** What changes a phase. */
  public enum Event {
    /** The session was let through to the filters above. */
    THROUGH,
    /** The peer's end of stream came, as the codec sees it. */
    PEER_ENDED,
    /** This side takes no more input, for any reason. */
    END,
    /** All was sent, and FIN after it. */
    FLUSHED,
    /** The channel is about to close, or gone. */
    CLOSE
  }

  /**
   * What becomes of frames that were decoded before an end and wait for a thread of {@code
   * executor-threads}. What still waits in the codec is always dropped.
   */
  public enum QueuedFrames {
    /** They are handled and answered before the session closes. */
    HANDLED,
    /** They are dropped. */
    DROPPED
  }

  /** What happened to a session; each at most once. */
  public enum Mark {
    /** A drain reads what the peer has sent. */
    LAST_READS(1),
    /** A drain ends it. */
    DRAIN(2),
    /** Its handler was notified of a fault. */
    FAULT(4),
    /** A defect of its code was logged. */
    DEFECT(8),
    /** Frames that were read and wait for their handler are dropped. */
    DROPS_FRAMES(16),
    /** The session ends once all is sent. */
    ENDS_WHEN_SENT(32),
    /** All is sent that was written before its closeOnFlush. */
    FLUSHED(64),
    /** It waits, or waited, for the peer's end of stream after this side's. */
    LINGERED(128),
    /** The connection is gone. */
    LOST(256),
    /** Its handler is notified of its end: it counts until then. */
    BEGUN(512),
    /** The handler is notified of the end later, by a filter that then calls {@link #over}. */
    ENDS_LATER(1024),
    /** Its chain was notified of its end: what is written then is not sent. */
    NOTIFIED(4096),
    /** It counts no more. */
    OVER(2048);

    private final int bit;

    Mark(int bit) {
      this.bit = bit;
    }
  }

  private static final Map<Phase, Map<Event, Phase>> TABLE = table();

  private final IoSession session;
  private volatile Phase phase = Phase.HANDSHAKE; // changed under the lock
  private volatile @Nullable EndReason reason; // the first; set under the lock
  private volatile int marks; // a bit each; changed under the lock
  private volatile boolean closes;
  private volatile boolean closeFailed;
  private Duration closeTimeout = Duration.ZERO; // set before the session is created
  private EndLog endLog = EndLog.OF_OTHERS; // likewise

  SessionLifecycle(IoSession session) {
    this.session = session;
  }

  private static Map<Phase, Map<Event, Phase>> table() {
    Map<Phase, Map<Event, Phase>> table = new EnumMap<>(Phase.class);
    row(table, Phase.HANDSHAKE, Event.THROUGH, Phase.OPEN);
    row(table, Phase.OPEN, Event.PEER_ENDED, Phase.HALF_CLOSED);
    for (Phase from : new Phase[] {Phase.HANDSHAKE, Phase.OPEN, Phase.HALF_CLOSED}) {
      row(table, from, Event.END, Phase.ENDING);
      row(table, from, Event.FLUSHED, Phase.LINGERING);
      row(table, from, Event.CLOSE, Phase.CLOSED);
    }
    row(table, Phase.ENDING, Event.FLUSHED, Phase.LINGERING);
    row(table, Phase.ENDING, Event.CLOSE, Phase.CLOSED);
    row(table, Phase.LINGERING, Event.CLOSE, Phase.CLOSED);
    return table;
  }

  private static void row(Map<Phase, Map<Event, Phase>> table, Phase from, Event event, Phase to) {
    table.computeIfAbsent(from, any -> new EnumMap<>(Event.class)).put(event, to);
  }

  /** The phase after an event: the same one where the event changes nothing. */
  static Phase after(Phase from, Event event) {
    return TABLE.getOrDefault(from, Map.of()).getOrDefault(event, from);
  }

  /** That of a session. */
  public static SessionLifecycle of(IoSession session) {
    return SessionState.of(session).lifecycle();
  }

  /** The phase that the session is in. */
  public Phase phase() {
    return phase;
  }

  /** Why it ends; null while it does not. */
  public @Nullable EndReason reason() {
    return reason;
  }

  /**
   * Logs why the session ends: a line with its reason, the first that there was, and this detail.
   * {@link EndLog} bounds how many. Called after an end has begun.
   */
  public void logEnd(Level level, @Nullable String detail) {
    EndReason why = reason;
    if (why != null) {
      endLog.log(why, level, String.valueOf(detail));
    }
  }

  private synchronized void step(Event event, @Nullable EndReason why) {
    if (why != null && reason == null) {
      reason = why == EndReason.CLOSED && phase == Phase.HALF_CLOSED ? EndReason.PEER : why;
    }
    phase = after(phase, event); // last: an end that is seen has its reason
  }

  /** The session was let through to the filters above. */
  public void through() {
    step(Event.THROUGH, null);
  }

  /** The peer's end of stream came, after all that it sent. */
  public void peerEnded() {
    step(Event.PEER_ENDED, null);
  }

  /**
   * Takes no more input, and leaves it to the caller to close the session. {@link #endPolitely}
   * closes it too.
   */
  public void beginEnd(EndReason why, QueuedFrames queued) {
    step(Event.END, why);
    if (queued == QueuedFrames.DROPPED) {
      happens(Mark.DROPS_FRAMES);
    }
    Input.of(session).suspend(Input.Reason.STOPPED);
  }

  /**
   * Takes no more input, answers and sends what is in flight, and closes the session. A peer that
   * takes nothing meanwhile is cut, as in a {@code closeOnFlush}.
   *
   * @param detail what the log line says beside the reason, at INFO; null for no line
   */
  public void endPolitely(EndReason why, QueuedFrames queued, @Nullable String detail) {
    endPolitely(why, queued, detail, null);
  }

  /**
   * As the other one, with a last word.
   *
   * @param lastWord runs when nothing is in flight, and may write; null for none
   */
  public void endPolitely(
      EndReason why, QueuedFrames queued, @Nullable String detail, @Nullable Runnable lastWord) {
    beginEnd(why, queued);
    if (detail != null) {
      logEnd(Level.INFO, detail);
    }
    endWhenSent();
    InFlight inFlight = InFlight.of(session);
    if (lastWord == null) {
      inFlight.whenNone(session::closeOnFlush);
    } else {
      inFlight.whenNone(
          () -> {
            if (!session.isClosing()) {
              lastWord.run();
              inFlight.whenNone(session::closeOnFlush);
            }
          });
    }
  }

  /**
   * Cuts the session: notifies the handler and the log, and resets the connection. A mere close
   * would leave what the kernel has of the answers there for minutes. Called on the loop's thread.
   *
   * @param rule the limit that was passed, and its bound
   */
  public void cut(EndReason why, String rule) {
    if (!session.isClosing()) {
      beginEnd(why, QueuedFrames.DROPPED);
      session.getFilterChain().fireExceptionCaught(new CutException(rule));
      try {
        if (session.getConfig() instanceof SocketSessionConfig config && session.isConnected()) {
          config.setSoLinger(0);
        }
      } finally {
        session.closeNow(); // also of a channel that is closing and takes no option any more
      }
    }
  }

  /**
   * The session ends once all is sent: it is cut if its peer takes nothing meanwhile, as in a
   * closeOnFlush.
   */
  public void endWhenSent() {
    happens(Mark.ENDS_WHEN_SENT);
    Outbound outbound = Outbound.of(session);
    if (outbound != null && WriteQueue.isAnyWaiting(session)) { // else the flush of what comes does
      outbound.weighSoon();
    }
  }

  /** The connection is gone. */
  void lost() {
    happens(Mark.LOST);
    step(Event.CLOSE, EndReason.RESET);
  }

  /** The channel is about to close: now, whatever is pending. */
  public void closing() {
    step(Event.CLOSE, EndReason.CLOSED);
  }

  /** Whether this side takes no more frames. */
  public boolean isEnding() {
    return phase.compareTo(Phase.ENDING) >= 0 || session.isClosing();
  }

  /**
   * Whether frames that were read and wait for their handler are dropped: this side has had enough.
   * When the connection was lost they are handled: they came before that.
   */
  public boolean dropsFrames() {
    return has(Mark.DROPS_FRAMES) || (session.isClosing() && !has(Mark.LOST));
  }

  /** Notes that something happens; returns whether it is for the first time. */
  public synchronized boolean happens(Mark what) {
    boolean first = !has(what);
    marks |= what.bit;
    return first;
  }

  /** Returns whether something has happened. */
  public boolean has(Mark what) {
    return (marks & what.bit) != 0;
  }

  /** A close goes down the chain: what is thrown until {@link #closePassed} is one of it. */
  public void closePasses() {
    closeFailed = false;
    closes = true;
  }

  /** Something was thrown; if a close goes down the chain, it has failed. */
  public void thrown() {
    closeFailed |= closes;
  }

  /** The close has gone down the chain; returns whether it failed. */
  public boolean closePassed() {
    closes = false;
    return closeFailed;
  }

  /**
   * Closes a session that has sent its last word so that the word arrives: ends the output (FIN),
   * drops what the peer still sends, and closes when the peer does or after the close timeout.
   *
   * <p>A socket that is closed with unread input answers with a reset, and the peer then loses what
   * it has not read yet (RFC 1122, 4.2.2.13): the {@code ERR} line of a request too long, or the
   * last answers before a drain. Called on the loop's thread.
   *
   * @return false if there is nothing to wait for, as in a {@code closeNow}
   */
  public boolean linger() {
    if (closeTimeout.isZero()
        || !has(Mark.FLUSHED)
        || Input.of(session).isEnded()
        || EventLoop.of(session) == null
        || !(session instanceof NioSession nio)
        || !(nio.getChannel() instanceof SocketChannel channel)) {
      return false;
    }
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      return false; // the peer is gone: nothing to wait for
    }
    lingers();
    Deadline.once(session, closeTimeout, this::lingered);
    return true;
  }

  /** All is sent, and FIN after it: the session waits for the peer's end of stream. */
  void lingers() {
    happens(Mark.LINGERED);
    step(Event.FLUSHED, EndReason.CLOSED);
    Input.of(session).readToTheEnd();
  }

  /** The peer has closed, or had its time. */
  public void lingered() {
    if (session instanceof NioSession nio && nio.isConnected()) {
      nio.getProcessor().remove(nio);
    }
  }

  /**
   * The handler is notified of the session's end: it counts until {@link #over}.
   *
   * @param timeout how long a closing session waits for the peer's end; zero for not at all
   * @param log where the lines of ends go
   */
  public void begin(Duration timeout, EndLog log) {
    closeTimeout = timeout;
    endLog = log;
    happens(Mark.BEGUN);
  }

  Duration closeTimeout() {
    return closeTimeout;
  }

  /** The chain was notified of the end, and so its handler, unless that {@link Mark#ENDS_LATER}. */
  public void chainNotified() {
    if (!has(Mark.ENDS_LATER)) {
      over();
    }
  }

  /** Counts the session no more, once; called after its handler's sessionClosed. */
  public void over() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && happens(Mark.OVER)) {
      if (session.getService() instanceof AdmittingService admitting) {
        admitting.left(session);
      }
      loop.removed(); // last: who waits for no sessions finds all places given back
    }
  }

  /** Its channel is closed: nobody will call {@link #over} if its handler never knew of it. */
  void channelClosed() {
    closing();
    if (!has(Mark.BEGUN)) {
      over();
    }
  }
}
