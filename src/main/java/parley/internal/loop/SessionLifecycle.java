package parley.internal.loop;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import parley.endpoint.Association;
import parley.internal.telemetry.EndLog;
import parley.internal.telemetry.ServiceMeter;
import parley.session.CutException;
import parley.session.EndReason;
import parley.telemetry.Observer;

/**
 * The life cycle of one session: its phase, the events that change it, and the reason for its end.
 * Filters report events to it and query it; none has a flag of its own about an end. Thread-safe.
 */
public final class SessionLifecycle {

  /** The phases of a session. */
  public enum Phase {
    /** Held back by a handshake or a PROXY header; or just created. */
    HANDSHAKE,
    /** Read, handled and written. */
    OPEN,
    /** The peer sends no more; the handler may still write. */
    HALF_CLOSED,
    /** No more input is read; pending requests are answered and the answers sent. */
    ENDING,
    /** Everything is sent, and FIN; data that the peer still sends is dropped until its own end. */
    LINGERING,
    /** Over. */
    CLOSED
  }

  /** The events that change the phase. */
  public enum Event {
    /** The session was let through to the filters above. */
    THROUGH,
    /** The codec has seen the peer's end of stream. */
    PEER_ENDED,
    /** This side accepts no more input, for any reason. */
    END,
    /** Everything was sent, and FIN after it. */
    FLUSHED,
    /** The channel is about to close, or is gone. */
    CLOSE
  }

  /**
   * The fate of frames that were decoded before an end and wait for a thread of {@code
   * executor-threads}. Frames that still wait in the codec are always dropped.
   */
  public enum QueuedFrames {
    /** They are handled and answered before the session closes. */
    HANDLED,
    /** They are dropped. */
    DROPPED
  }

  /** Events in a session's life that happen at most once. */
  public enum Mark {
    /** A drain reads the data that the peer has already sent. */
    LAST_READS(1),
    /** A drain ends the session. */
    DRAIN(2),
    /** Its handler was notified of a fault. */
    FAULT(4),
    /** A defect of its code was logged. */
    DEFECT(8),
    /** Frames that were read and wait for their handler are dropped. */
    DROPS_FRAMES(16),
    /** The session ends once everything is sent. */
    ENDS_WHEN_SENT(32),
    /** Everything written before its closeOnFlush is sent. */
    FLUSHED(64),
    /** It waits, or waited, for the peer's end of stream after this side's. */
    LINGERED(128),
    /** The connection is gone. */
    LOST(256),
    /** Its handler will be notified of its end; it counts until then. */
    BEGUN(512),
    /** The handler is notified of the end later, by a filter that then calls {@link #over}. */
    ENDS_LATER(1024),
    /** Its chain was notified of its end: data written from then on is not sent. */
    NOTIFIED(4096),
    /** It no longer counts. */
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
  private @Nullable ServiceMeter meter; // likewise

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

  /** Returns the phase after an event; the same phase if the event changes nothing. */
  static Phase after(Phase from, Event event) {
    return TABLE.getOrDefault(from, Map.of()).getOrDefault(event, from);
  }

  /** Returns the life cycle of a session. */
  public static SessionLifecycle of(IoSession session) {
    return SessionState.of(session).lifecycle();
  }

  /** Returns the session's phase. */
  public Phase phase() {
    return phase;
  }

  /** Returns why the session ends, or null while it does not. */
  public @Nullable EndReason reason() {
    return reason;
  }

  /**
   * Logs why the session ends: a line with the first reason, and this detail. {@link EndLog} limits
   * the number of lines. Called after an end has begun.
   */
  public void logEnd(Level level, @Nullable String detail) {
    EndReason why = reason;
    if (why != null) {
      EndLog log = meter == null ? EndLog.OF_OTHERS : meter.endLog();
      log.log(why, level, String.valueOf(detail));
    }
  }

  private synchronized void step(Event event, @Nullable EndReason why) {
    if (why != null && reason == null) {
      reason = why == EndReason.CLOSED && phase == Phase.HALF_CLOSED ? EndReason.PEER : why;
    }
    phase = after(phase, event); // last, so that the reason is set when the end is visible
  }

  /** Notes that the session was let through to the filters above. */
  public void through() {
    step(Event.THROUGH, null);
  }

  /** Notes that the peer's end of stream came, after everything that it sent. */
  public void peerEnded() {
    step(Event.PEER_ENDED, null);
  }

  /**
   * Accepts no more input, and leaves it to the caller to close the session. {@link #endPolitely}
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
   * Accepts no more input, answers and sends pending work, and closes the session. A peer that
   * accepts no data meanwhile is cut, as in a {@code closeOnFlush}.
   *
   * @param detail the detail in the log line beside the reason, at INFO; null for no line
   */
  public void endPolitely(EndReason why, QueuedFrames queued, @Nullable String detail) {
    endPolitely(why, queued, detail, null);
  }

  /**
   * Ends the session like the other method, with a final message.
   *
   * @param lastMessage runs when nothing is pending, and may write; null for none
   */
  public void endPolitely(
      EndReason why, QueuedFrames queued, @Nullable String detail, @Nullable Runnable lastMessage) {
    beginEnd(why, queued);
    if (detail != null) {
      logEnd(Level.INFO, detail);
    }
    endWhenSent();
    InFlight inFlight = InFlight.of(session);
    if (lastMessage == null) {
      inFlight.whenNone(session::closeOnFlush);
    } else {
      inFlight.whenNone(
          () -> {
            if (!session.isClosing()) {
              lastMessage.run();
              inFlight.whenNone(session::closeOnFlush);
            }
          });
    }
  }

  /**
   * Cuts the session: notifies the handler, logs, and resets the connection. A plain close would
   * leave unsent answers in the kernel for minutes. Called on the event-loop thread.
   *
   * @param rule the limit that was exceeded, and its bound
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
        session.closeNow(); // the channel may be closing, and then accepts no option
      }
    }
  }

  /**
   * Ends the session once everything is sent. It is cut if its peer accepts no data meanwhile, as
   * in a closeOnFlush.
   */
  public void endWhenSent() {
    happens(Mark.ENDS_WHEN_SENT);
    Outbound outbound = Outbound.of(session);
    if (outbound != null && WriteQueue.isAnyWaiting(session)) { // otherwise the next flush does
      outbound.weighSoon();
    }
  }

  /** Notes that the connection is gone. */
  void lost() {
    happens(Mark.LOST);
    step(Event.CLOSE, EndReason.RESET);
  }

  /** Notes that the channel is about to close now, with pending work or not. */
  public void closing() {
    step(Event.CLOSE, EndReason.CLOSED);
  }

  /** Returns whether this side accepts no more frames. */
  public boolean isEnding() {
    return phase.compareTo(Phase.ENDING) >= 0 || session.isClosing();
  }

  /**
   * Returns whether frames that were read and wait for their handler are dropped, because this side
   * has ended the session. If the connection was lost they are handled, because they came before
   * that.
   */
  public boolean dropsFrames() {
    return has(Mark.DROPS_FRAMES) || (session.isClosing() && !has(Mark.LOST));
  }

  /** Notes an event; returns whether it is the first time. */
  public synchronized boolean happens(Mark what) {
    boolean first = !has(what);
    marks |= what.bit;
    return first;
  }

  /** Returns whether an event has happened. */
  public boolean has(Mark what) {
    return (marks & what.bit) != 0;
  }

  /** Notes that a close goes down the chain: exceptions until {@link #closePassed} belong to it. */
  public void closePasses() {
    closeFailed = false;
    closes = true;
  }

  /** Notes an exception. During a close, this marks the close as failed. */
  public void thrown() {
    closeFailed |= closes;
  }

  /** Notes that the close has gone down the chain; returns whether it failed. */
  public boolean closePassed() {
    closes = false;
    return closeFailed;
  }

  /**
   * Closes a session after its last message in such a way that the message arrives: it ends the
   * output (FIN), drops further input, and closes when the peer does or after the close timeout.
   *
   * <p>A socket that is closed with unread input answers with a reset, and the peer then loses data
   * that it has not read yet (RFC 1122, 4.2.2.13): the {@code ERR} line for a request that is too
   * long, or the last answers before a drain. Called on the event-loop thread.
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

  /**
   * Notes that everything is sent, and FIN after it: the session waits for the peer's end of
   * stream.
   */
  void lingers() {
    happens(Mark.LINGERED);
    step(Event.FLUSHED, EndReason.CLOSED);
    Input.of(session).readToTheEnd();
  }

  /** Notes that the peer has closed, or its time is up. */
  public void lingered() {
    if (session instanceof NioSession nio && nio.isConnected()) {
      nio.getProcessor().remove(nio);
    }
  }

  /**
   * Notes that the handler will be notified of the session's end: the session counts until {@link
   * #over}.
   *
   * @param timeout how long a closing session waits for the peer's end; zero for no wait
   * @param service counts and logs what happens to its sessions
   */
  public void begin(Duration timeout, ServiceMeter service) {
    closeTimeout = timeout;
    meter = service;
    Association association = Association.of(session); // while there is one, for the log
    EventLoop loop = EventLoop.of(session);
    if (loop != null) { // otherwise its end would not count
      SessionState.of(session).begin(service.on(loop.index()), loop.nanos());
      service.opened(session.getId(), association);
    }
    happens(Mark.BEGUN);
  }

  Duration closeTimeout() {
    return closeTimeout;
  }

  /**
   * Notes that the TLS handshake has ended.
   *
   * @param nanos how long it took
   * @param its what is known of the TLS session; null for nothing
   * @param failure why it failed; null if it succeeded
   */
  public void handshakeEnded(long nanos, @Nullable SSLSession its, @Nullable String failure) {
    if (meter != null) {
      meter.handshakeEnded(
          new Observer.Handshake(
              meter.name(),
              session.getId(),
              Duration.ofNanos(nanos),
              its == null ? null : its.getProtocol(),
              its == null ? null : its.getCipherSuite(),
              failure));
    }
  }

  /**
   * Notes that the chain was notified of the end, and so was its handler, unless {@link
   * Mark#ENDS_LATER}.
   */
  public void chainNotified() {
    if (!has(Mark.ENDS_LATER)) {
      over();
    }
  }

  /** Stops counting the session, once; called after its handler's sessionClosed. */
  public void over() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && happens(Mark.OVER)) {
      try {
        if (meter != null && session instanceof AbstractIoSession own) {
          EndReason why = reason == null ? EndReason.CLOSED : reason;
          meter.ended(SessionState.of(session).record(own, meter, why));
        }
      } finally {
        if (session.getService() instanceof AdmittingService admitting) {
          admitting.left(session);
        }
        loop.removed(); // last: when no session is left, all places are given back
      }
    }
  }

  /**
   * Notes that its channel is closed: nothing will call {@link #over} if its handler never saw it.
   */
  void channelClosed() {
    closing();
    if (!has(Mark.BEGUN)) {
      over();
    }
  }
}
