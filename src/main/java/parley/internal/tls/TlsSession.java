package parley.internal.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.CutShortException;
import parley.internal.chain.HoldingFilter;
import parley.internal.loop.Deadline;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionState;
import parley.session.EndReason;
import parley.tls.TlsException;

/** TLS of one session: its handshake and its input, on the session's loop. */
final class TlsSession implements SessionState.Handshake {

  private static final String TLS_1_3 = "TLSv1.3";

  /** Alerts of this side's own, for {@link #alert}. */
  private static final int CLOSE_NOTIFY = 0;

  private static final int UNEXPECTED_MESSAGE = 10;
  private static final int RECORD_OVERFLOW = 22;
  private static final int NONE = -1;

  /** A header that every engine refuses: it then has an alert to send, unexpected_message. */
  private static final byte[] BAD_HEADER = {Records.ALERT, 3, 3, (byte) 0xFF, (byte) 0xFF};

  /** Whether the engine itself refuses a renegotiation, by handshake_failure: a JVM option. */
  private static final boolean ENGINE_REFUSES =
      Boolean.getBoolean("jdk.tls.rejectClientInitiatedRenegotiation");

  private final IoSession session;
  private final TlsContext context;
  private final SSLEngine engine;
  private final Records records = new Records();
  private final EarlyData earlyData = new EarlyData();
  private final TlsOutput output;
  private final NextFilter next;
  private final TlsEngineFilter filter;
  private @Nullable Deadline handshake;
  private long began; // in nanoseconds
  private volatile @Nullable SSLSession secured;
  private @Nullable ByteBuffer kept;
  private volatile boolean ended;
  private boolean failed;
  private boolean takesAlert;
  private boolean inboundDone;

  /** Sent if the engine has no alert for its input, or would continue. */
  private int alert = UNEXPECTED_MESSAGE;

  TlsSession(IoSession session, TlsContext context, NextFilter next, TlsEngineFilter filter) {
    this.session = session;
    this.context = context;
    this.next = next;
    this.filter = filter;
    engine = context.engine();
    output = new TlsOutput(session, engine, next);
  }

  void begin() {
    handshake = Deadline.once(session, context.handshakeTimeout(), this::late);
    began = EventLoop.nanos(session);
    try {
      engine.beginHandshake();
      goOn();
    } catch (SSLException e) {
      sendAlert();
      fail(e);
    }
  }

  /** Ends the handshake, if that was not done already; it failed if there is a failure. */
  void endHandshake(@Nullable String failure) {
    if (handshake != null) {
      handshake.withdraw();
      handshake = null; // its action references this
      SSLSession its = failure == null ? engine.getSession() : engine.getHandshakeSession();
      SessionLifecycle.of(session).handshakeEnded(EventLoop.nanos(session) - began, its, failure);
    }
  }

  private void late() {
    long most = context.handshakeTimeout().toMillis();
    SessionLifecycle.of(session)
        .beginEnd(EndReason.HANDSHAKE_TIMEOUT, SessionLifecycle.QueuedFrames.HANDLED);
    fail(new SSLException("no handshake within " + most + " ms"));
  }

  boolean isSecured() {
    return output.isOpen();
  }

  TlsOutput output() {
    return output;
  }

  @Override
  public long recordBegun() {
    return records.begun();
  }

  @Override
  public @Nullable SSLSession secured() {
    return secured;
  }

  @Override
  public @Nullable SSLSession result() {
    return isSecured() ? engine.getSession() : null;
  }

  /** Unwraps all input, and passes the plain bytes on as one buffer. */
  void received(ByteBuffer in) {
    ByteBuffer record = nextOf(in);
    if (record == null) {
      return;
    }
    // Records are longer than their content. Like a read's buffer, the receiver may keep it.
    ByteBuffer plain = ByteBuffer.allocate(record.remaining() + in.remaining());
    boolean was = isSecured();
    try {
      for (; record != null; record = nextOf(in)) {
        if (mayEndTheOutput(record) && !takesAlert) {
          keep(record, in);
        } else {
          takesAlert = false;
          checkGoesOn(record);
          if (!isEarlyData(record)) {
            plain = unwrap(record, plain);
          }
        }
      }
    } catch (SSLException | RuntimeException e) {
      if (alert == CLOSE_NOTIFY) {
        failed = true; // it accepts no more
        deliver(plain); // its answers go first: the engine still encrypts them
        SessionLifecycle.of(session).endWhenSent();
        whenNoneInFlight(() -> refuse(e));
      } else {
        sendAlert(); // before an answer is wrapped: the engine would return this instead of it
        deliver(plain);
        fail(e);
      }
      return;
    }
    if (!was && isSecured() && plain.position() > 0) {
      EventLoop.flushNow(session); // the tickets: at a closeNow they would precede close_notify
    }
    boolean keeps = kept != null;
    deliver(plain);
    if (keeps) {
      whenNoneInFlight(this::unwrapKept);
    } else if (inboundDone) {
      peerEnded(true);
    }
  }

  private void whenNoneInFlight(Runnable task) {
    InFlight.of(session).whenNone(() -> TlsEngineFilter.asEvent(session, task));
  }

  private @Nullable ByteBuffer nextOf(ByteBuffer in) {
    return failed || ended || inboundDone || kept != null ? null : records.next(in);
  }

  /**
   * Returns whether a record may end the output too, before pending answers are sent: TLS 1.2 has
   * no half-close (RFC 5246, 7.2.1).
   */
  private boolean mayEndTheOutput(ByteBuffer record) {
    return isSecured()
        && context.isOfServer()
        && Records.type(record) == Records.ALERT
        && !isTls13(engine.getSession());
  }

  /**
   * Checks that the handshake can continue. The engine reports an internal error if the peer does
   * not use TLS. An engine that already has keys does not understand a peer that has none yet.
   */
  private void checkGoesOn(ByteBuffer record) throws SSLException {
    if (records.isTooLong(record)) {
      if (isSecured() || isTls13(engine.getHandshakeSession())) {
        makeEngineRefuse();
      }
      throw refusal(RECORD_OVERFLOW, "a record is too long");
    }
    if (isSecured()) {
      if (Records.type(record) == Records.CHANGE_CIPHER_SPEC && isTls13(engine.getSession())) {
        makeEngineRefuse();
        throw new SSLException("change_cipher_spec after the handshake"); // RFC 8446, 5
      }
      return;
    }
    if (!Records.isRecord(record)) {
      throw new SSLException(TlsFault.NO_TLS);
    }
    if (Records.type(record) == Records.CHANGE_CIPHER_SPEC
        && engine.getHandshakeSession() != null
        && !isTls13(engine.getHandshakeSession())) {
      records.encrypted(false);
    }
    String end = TlsFault.ofAlert(record);
    if (end != null) {
      throw refusal(NONE, end);
    }
  }

  private SSLException refusal(int its, String reason) {
    alert = its;
    return new SSLException(reason);
  }

  /**
   * Returns whether a record is early data. If clients show certificates, early data cannot be
   * distinguished from their own records.
   */
  private boolean isEarlyData(ByteBuffer record) throws SSLException {
    return !isSecured()
        && context.isOfServer()
        && !engine.getWantClientAuth()
        && !engine.getNeedClientAuth()
        && earlyData.isIn(record, engine.getHandshakeSession());
  }

  private static boolean isTls13(@Nullable SSLSession its) {
    return its != null && its.getProtocol().equals(TLS_1_3);
  }

  /** Makes the engine refuse the peer, because only the engine can encrypt an alert. */
  private void makeEngineRefuse() {
    try {
      engine.unwrap(ByteBuffer.wrap(BAD_HEADER), ByteBuffer.allocate(0));
    } catch (SSLException asMeant) {
      // it wraps the alert next
    }
  }

  /** Keeps a record and the rest of its read until nothing is pending; suspends reading. */
  private void keep(ByteBuffer record, ByteBuffer behind) {
    ByteBuffer all = ByteBuffer.allocate(record.remaining() + behind.remaining());
    kept = all.put(record).put(behind).flip();
    Input.of(session).suspend(Input.Reason.END_WAITING);
    SessionLifecycle.of(session).endWhenSent();
  }

  /** Continues with the kept data. */
  private void unwrapKept() {
    ByteBuffer all = kept;
    if (all != null && !session.isClosing()) {
      kept = null;
      takesAlert = true;
      Input.of(session).resume(Input.Reason.END_WAITING); // first: the data may have another end
      received(all);
    }
  }

  private ByteBuffer unwrap(ByteBuffer record, ByteBuffer into) throws SSLException {
    ByteBuffer plain = into;
    boolean was = isSecured();
    SSLEngineResult result = engine.unwrap(record, plain);
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      deliver(plain); // the engine requires room for the longest record
      plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
      result = engine.unwrap(record, plain);
    }
    boolean isOk = result.getStatus() == Status.OK;
    if (result.getStatus() != Status.CLOSED && !(isOk && result.bytesConsumed() > 0)) {
      throw new SSLException(TlsFault.NO_TLS); // not TLS: the engine waits for more bytes
    }
    if (was && records.areTooManyWithout(result.bytesProduced())) {
      String many = "more than " + Records.MOST_WITHOUT + " records in a row without data";
      throw refusal(CLOSE_NOTIFY, many);
    }
    if (isOk && result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
      return plain; // the usual case: querying the engine would take a lock each time
    }
    if (was
        && !ENGINE_REFUSES
        && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
        && !isTls13(engine.getSession())) {
      throw refusal(CLOSE_NOTIFY, "renegotiation"); // costs this side much more than the peer
    }
    inboundDone = engine.isInboundDone();
    if (inboundDone && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      output.writeAtOnce(); // TLS 1.2: the answer to close_notify, before a handler closes
    }
    goOn();
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      secure();
    }
    return plain;
  }

  /** Does this side's next steps of the handshake. */
  private void goOn() throws SSLException {
    boolean goesOn = true;
    while (goesOn) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          goesOn = output.sendOwn();
          if (output.hasFinished()) {
            secure();
          }
        }
        default -> goesOn = false;
      }
    }
  }

  private void secure() {
    if (!isSecured()) {
      records.encrypted(isTls13(engine.getSession()));
      output.open();
      secured = engine.getSession();
      endHandshake(null);
      HoldingFilter.letThrough(next, session);
    }
  }

  private void deliver(ByteBuffer plain) {
    if (plain.position() > 0) {
      boolean muchRoomIsLeft = plain.position() < plain.capacity() / 2; // after many short records
      IoBuffer bytes = muchRoomIsLeft ? TlsOutput.copy(plain) : IoBuffer.wrap(plain.flip());
      next.messageReceived(session, bytes);
    }
  }

  /**
   * Ends the peer's side: by its close_notify, or by a FIN without one, which cuts the session
   * short.
   */
  void peerEnded(boolean isNotified) {
    if (ended || failed) {
      return;
    }
    ended = true;
    if (!isSecured()) {
      fail(new SSLException(TlsFault.ENDED));
    } else if (isNotified) {
      next.inputClosed(session);
    } else {
      next.exceptionCaught(session, new CutShortException("TLS ended without close_notify"));
    }
  }

  /** Returns whether the peer has ended its side. */
  boolean isEnded() {
    return ended;
  }

  /** Ends a session that the engine would continue. */
  private void refuse(Exception why) {
    output.close(); // first: data that the handler writes now is not sent
    EventLoop.flushNow(session);
    next.exceptionCaught(session, fault(why));
  }

  /** Sends an alert at once: the handler may close when it gets the fault. */
  private void sendAlert() {
    boolean sent = alert == NONE;
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && output.sendOwn()) {
        sent = true;
      }
    } catch (SSLException again) {
      // the same
    }
    if (!sent && !isSecured()) {
      output.sendAlert(alert);
    }
    EventLoop.flushNow(session);
  }

  private void fail(Exception cause) {
    if (failed) {
      return;
    }
    failed = true;
    TlsException fault = fault(cause);
    endHandshake(fault.getMessage());
    if (isSecured()) {
      next.exceptionCaught(session, fault);
    } else {
      filter.refuse(session, fault);
    }
  }

  private static TlsException fault(Exception cause) {
    return new TlsException("TLS: " + TlsFault.reason(cause), cause);
  }
}
