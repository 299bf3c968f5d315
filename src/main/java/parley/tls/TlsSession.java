package parley.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import parley.codec.CutShortException;
import parley.filter.OwnRequest;
import parley.transport.EventLoop;
import parley.transport.InFlight;
import parley.transport.Sweep;
import parley.transport.Swept;
import parley.transport.WriteQueue;

/**
 * TLS of one session. What is read is unwrapped on the session's loop; any thread may write: what
 * is wrapped is queued under the same lock, so the records have the order of the wire.
 */
final class TlsSession extends Swept {

  private static final ThreadLocal<ByteBuffer> PLAIN =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(1 << 17));

  private final TlsContext context;
  private final SSLEngine engine;
  private final Records records;
  private final NextFilter next;
  private final TlsFilter filter;
  private final Runnable whenSecured;
  private final Object lock = new Object();
  private final int since = Sweep.now();
  private @Nullable ByteBuffer lastAlert;
  private volatile boolean secured;
  private volatile boolean ended;
  private boolean failed;
  private boolean takesAlerts;

  TlsSession(
      IoSession session,
      TlsContext context,
      NextFilter next,
      TlsFilter filter,
      Runnable whenSecured) {
    super(session);
    this.context = context;
    this.next = next;
    this.filter = filter;
    this.whenSecured = whenSecured;
    engine = context.engine();
    records = new Records(engine);
  }

  void begin() {
    EventLoop loop = EventLoop.of(session);
    if (loop != null && !context.handshakeTimeout().isZero()) {
      loop.watch(this, context.handshakeTimeout());
    }
    try {
      engine.beginHandshake();
      goOn();
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  protected void sweep(int now) {
    long most = context.handshakeTimeout().toMillis();
    if (!secured && !failed && now - since >= most) {
      failed = true;
      filter.refuse(session, new TlsException("no handshake within " + most + " ms"));
    }
  }

  boolean isSecured() {
    return secured;
  }

  SSLEngine engine() {
    return engine;
  }

  /** Unwraps what was read, all of it, and passes the plain bytes on as one. */
  void received(ByteBuffer in) {
    ByteBuffer plain = PLAIN.get().clear();
    try {
      for (ByteBuffer record = nextOf(in); record != null; record = nextOf(in)) {
        if (isLastAlert(record)) {
          keep(record);
        } else {
          plain = unwrap(record, plain);
        }
      }
    } catch (SSLException e) {
      deliver(plain);
      fail(e);
      return;
    }
    deliver(plain);
    if (lastAlert != null) {
      InFlight.of(session).whenNone(this::unwrapLast);
    } else if (engine.isInboundDone()) {
      end();
    }
  }

  private @Nullable ByteBuffer nextOf(ByteBuffer in) {
    return failed || ended || lastAlert != null || engine.isInboundDone() ? null : records.next(in);
  }

  /**
   * Whether it would end the output too, before answers in flight are sent: TLS 1.2 has no
   * half-close (RFC 5246, 7.2.1).
   */
  private boolean isLastAlert(ByteBuffer record) {
    return secured
        && !takesAlerts
        && context.isOfServer()
        && Records.type(record) == Records.ALERT
        && !engine.getSession().getProtocol().equals("TLSv1.3");
  }

  private void keep(ByteBuffer record) {
    lastAlert = ByteBuffer.allocate(record.remaining()).put(record).flip();
  }

  private void unwrapLast() {
    EventLoop loop = EventLoop.of(session);
    ByteBuffer record = lastAlert;
    if (loop != null && record != null) {
      loop.execute(
          () -> {
            lastAlert = null;
            takesAlerts = true;
            if (!session.isClosing()) {
              received(record);
            }
          });
    }
  }

  private ByteBuffer unwrap(ByteBuffer record, ByteBuffer into) throws SSLException {
    ByteBuffer plain = into;
    boolean was = secured;
    SSLEngineResult result = records.unwrap(record, plain);
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
      deliver(plain);
      plain = PLAIN.get().clear();
      result = records.unwrap(record, plain);
    }
    boolean finished = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    if (was
        && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
        && !engine.getSession().getProtocol().equals("TLSv1.3")) {
      throw new SSLException("renegotiation"); // costs this side much more than the peer
    }
    if (engine.isInboundDone() && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      writeAtOnce(); // TLS 1.2: the answer to close_notify, before whoever hears of it closes
    }
    goOn();
    if (finished) {
      secure();
    }
    return plain;
  }

  /** Does what the handshake needs of this side. */
  private void goOn() throws SSLException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      } else if (status == HandshakeStatus.NEED_WRAP) {
        if (!sendOwn()) {
          return;
        }
      } else {
        return;
      }
    }
  }

  /** Sends what the engine has to say; returns whether that was something. */
  private boolean sendOwn() throws SSLException {
    boolean any;
    boolean finished;
    synchronized (lock) {
      IoBuffer bytes = records.wrapOwn(Records.scratch());
      any = bytes.hasRemaining();
      if (any) {
        next.filterWrite(session, new OwnRequest(bytes));
      }
      finished = records.takeFinished();
    }
    if (finished) {
      secure();
    }
    return any || finished;
  }

  private void secure() {
    if (!secured) {
      secured = true;
      EventLoop loop = EventLoop.of(session);
      if (loop != null) {
        loop.unwatch(this);
      }
      whenSecured.run();
    }
  }

  private void deliver(ByteBuffer plain) {
    if (plain.flip().hasRemaining()) {
      next.messageReceived(session, IoBuffer.wrap(plain));
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      next.inputClosed(session);
    }
  }

  /** The peer's FIN. */
  void inputClosed() {
    if (ended || failed || lastAlert != null) {
      return;
    }
    ended = true;
    if (secured) {
      next.exceptionCaught(session, new CutShortException("TLS ended without close_notify"));
    } else {
      failed = true;
      filter.refuse(session, new TlsException("the peer ended the handshake"));
    }
  }

  void fail(SSLException cause) {
    if (failed) {
      return;
    }
    failed = true;
    try {
      goOn(); // an alert says why
    } catch (SSLException again) {
      // the same
    }
    TlsException fault = new TlsException("TLS: " + TlsFault.reason(cause), cause);
    if (secured) {
      next.exceptionCaught(session, fault);
    } else {
      filter.refuse(session, fault);
    }
  }

  /** Wraps a message and queues it; fails its future where there is no way to send it. */
  void write(NextFilter below, WriteRequest request) {
    if (!(request.getMessage() instanceof IoBuffer plain)) {
      throw new IllegalArgumentException(
          "under TLS a " + request.getMessage().getClass().getName() + " cannot be sent as it is");
    }
    synchronized (lock) {
      if (!secured || engine.isOutboundDone()) {
        request.getFuture().setException(new WriteToClosedSessionException(request));
        return;
      }
      try {
        if (plain.hasRemaining()) {
          request.setMessage(records.wrap(plain.buf()));
        }
      } catch (SSLException e) {
        request.getFuture().setException(e);
        return;
      }
      below.filterWrite(session, request);
    }
  }

  /**
   * Sends close_notify, once, of a session that closes now and has nothing left to send: to a
   * socket that has room for it.
   */
  void closeNow() {
    synchronized (lock) {
      if (secured && !engine.isOutboundDone() && WriteQueue.isAllSent(session)) {
        engine.closeOutbound();
        writeAtOnce();
      }
    }
  }

  /** Sends what the engine has to say past the queue, where nothing waits in it. */
  private void writeAtOnce() {
    synchronized (lock) {
      if (WriteQueue.isAllSent(session)
          && session instanceof NioSession nio
          && nio.getChannel() instanceof SocketChannel channel) {
        try {
          channel.write(records.wrapOwn(Records.scratch()).buf());
        } catch (IOException e) {
          // the peer is gone
        }
      }
    }
  }

  /** Sends close_notify, once, behind all that was written. */
  void sendCloseNotify() {
    synchronized (lock) {
      if (engine.isOutboundDone()) {
        return;
      }
      engine.closeOutbound();
      try {
        sendOwn();
      } catch (SSLException e) {
        // it closes, with or without
      }
    }
  }
}
