package parley.internal.tls;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.Nullable;
import parley.internal.chain.HoldingFilter;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Handover;
import parley.internal.loop.Input;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.internal.loop.WriteQueue;
import parley.tls.TlsException;

/**
 * Speaks TLS with the peer. A session is created and opened, for all above, when it is secured; one
 * that never is, they do not hear of: its handshake was refused, with an alert and a line in the
 * log, or its deadline passed.
 *
 * <p>An end of stream is the peer's close_notify; without one the session was cut short. A session
 * that closes sends its own behind what was written; a {@code closeNow} that cuts something sends
 * none.
 *
 * <p>Unlike MINA's SslFilter, it queues no plain bytes, keeps at most one unfinished record (of TLS
 * 1.2 also an alert and the rest of its read, while an answer is in flight), runs on the session's
 * loop, and passes the plain bytes of one read on as one.
 */
public final class TlsFilter extends HoldingFilter {

  /** A new session waits for files that are being read, but no longer. */
  private static final Duration MOST_WAIT = Duration.ofSeconds(1);

  private final TlsContext context;

  /** Speaks TLS as a context says. */
  public TlsFilter(TlsContext context) {
    this.context = context;
  }

  /** Whether the peer of a session has sent close_notify. */
  public static boolean isEnded(IoSession session) {
    TlsSession tls = ifBegun(session);
    return tls != null && tls.isEnded();
  }

  private static @Nullable TlsSession ifBegun(IoSession session) {
    return SessionState.of(session).tls() instanceof TlsSession tls ? tls : null;
  }

  private static TlsSession begun(IoSession session) {
    TlsSession tls = ifBegun(session);
    if (tls == null) {
      throw new IllegalStateException("TLS has not begun");
    }
    return tls;
  }

  @Override
  protected boolean isThrough(IoSession session) {
    TlsSession tls = ifBegun(session);
    return tls != null && tls.isSecured();
  }

  @Override
  protected Exception ended() {
    return new TlsException("TLS: closed in the handshake", null);
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    if (EventLoop.of(session) == null) {
      String expected = " (expected: a service that runs on EventLoops)";
      refuse(session, new TlsException("TLS: no event loop of Parley's" + expected, null));
      return;
    }
    CompletableFuture<@Nullable Void> files = context.look();
    if (files == null) {
      make(next, session);
      return;
    }
    SessionState.of(session).setTls(new Early());
    Input.of(session).suspend(Input.Reason.TLS_FILES);
    var unused =
        files
            .copy()
            .completeOnTimeout(null, MOST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((done, failure) -> fire(session, Own.FILES_READ));
  }

  private void make(NextFilter next, IoSession session) {
    TlsSession tls = new TlsSession(session, context, next, this, () -> letThrough(next, session));
    SessionState.of(session).setTls(tls);
    WriteQueue.beforeClose(session, tls.output()::close);
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) {
    TlsSession tls = ifBegun(session);
    if (tls != null) {
      tls.begin();
    }
  }

  private void filesRead(NextFilter next, IoSession session) {
    if (!session.isClosing() && SessionState.of(session).tls() instanceof Early early) {
      make(next, session);
      begun(session).begin();
      begun(session).received(early.bytes.flip().buf());
      Input.of(session).resume(Input.Reason.TLS_FILES);
    }
  }

  /** A deadline that has passed comes from below, as all faults do. */
  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    if (cause instanceof TlsException refused && !isThrough(session)) {
      refuse(session, refused);
    } else {
      super.exceptionCaught(next, session, cause);
    }
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) {
    if (!(message instanceof IoBuffer in)) {
      next.messageReceived(session, message);
    } else if (SessionState.of(session).tls() instanceof Early early) {
      early.bytes.put(in);
    } else {
      begun(session).received(in.buf());
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) {
    TlsSession tls = ifBegun(session);
    if (tls == null) {
      refuse(session, new TlsException("TLS: " + TlsFault.ENDED, null));
    } else {
      tls.inputClosed();
    }
  }

  @Override
  public void filterClose(NextFilter next, IoSession session) {
    if (Handover.isNeeded(session)) {
      EventLoop.onLoopOf(session, () -> close(next, session));
    } else {
      close(next, session);
    }
  }

  private static void close(NextFilter next, IoSession session) {
    TlsSession tls = ifBegun(session);
    if (tls != null) {
      tls.output().closeNow();
    }
    next.filterClose(session);
  }

  /** Goes on, on the session's loop, with what waited until nothing is in flight. */
  static void goOn(IoSession session) {
    fire(session, Own.NOTHING_IN_FLIGHT);
  }

  private static void fire(IoSession session, Own event) {
    EventLoop.onLoopOf(session, () -> session.getFilterChain().fireEvent(event));
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (event == Own.NOTHING_IN_FLIGHT) {
      begun(session).unwrapKept();
    } else if (event == Own.FILES_READ) {
      filesRead(next, session);
    } else {
      super.event(next, session, event);
    }
  }

  /**
   * What a filter below brought before a session's files were read. Reading is suspended, so this
   * is at most what is left of one read.
   */
  private static final class Early implements SessionState.Handshake {

    private final IoBuffer bytes = IoBuffer.allocate(0).setAutoExpand(true);

    @Override
    public @Nullable Object result() {
      return null;
    }
  }

  private enum Own implements FilterEvent {
    FILES_READ,
    NOTHING_IN_FLIGHT
  }

  /** On the session's loop alone: a filter between this one and the codec's may be on another. */
  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
    TlsOutput output = begun(session).output();
    if (Handover.isNeeded(session)) {
      Handover.write(session, request, () -> writeHandedOver(output, session, request));
    } else {
      output.write(request);
    }
  }

  private static void writeHandedOver(TlsOutput output, IoSession session, WriteRequest request) {
    WriteBatch.passDownOf(session); // what was written before it
    output.write(request);
  }
}
