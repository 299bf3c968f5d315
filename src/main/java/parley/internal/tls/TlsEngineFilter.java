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
 * Encrypts and decrypts with TLS. Filters above see a session's creation and opening after the
 * handshake. They never see a session whose handshake failed or was late: its peer gets an alert,
 * and the log a line.
 *
 * <p>The end of stream is the peer's close_notify; without one the session was cut short. A session
 * that closes sends its own close_notify after all written data; a {@code closeNow} that cuts
 * something sends none.
 *
 * <p>Unlike MINA's SslFilter, it queues no plain bytes, runs on the session's loop, and passes the
 * plain bytes of one read on as one message. It keeps at most one unfinished record. Under TLS 1.2,
 * while an answer is pending, it also keeps an alert and the rest of its read.
 */
public final class TlsEngineFilter extends HoldingFilter {

  /** The maximum time for which a new session waits for files that are being read. */
  private static final Duration MOST_WAIT = Duration.ofSeconds(1);

  private final TlsContext context;

  /** Creates the filter with a context. */
  public TlsEngineFilter(TlsContext context) {
    this.context = context;
  }

  private static final String CLOSED = "TLS: closed in the handshake";

  /** Returns whether the peer of a session has sent close_notify. */
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
    return new TlsException(CLOSED, null);
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    TlsSession tls = ifBegun(session);
    if (tls != null) {
      tls.endHandshake(CLOSED); // if it was still in it
    }
    super.sessionClosed(next, session);
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    // passed on after the handshake, which starts when the session is opened
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) {
    if (EventLoop.of(session) == null) {
      String expected = " (expected: a service that runs on EventLoops)";
      refuse(session, new TlsException("TLS: no event loop of Parley's" + expected, null));
      return;
    }
    CompletableFuture<@Nullable Void> files = context.look();
    if (files == null) {
      begin(next, session);
      return;
    }
    SessionState.of(session).setTls(new Early());
    Input.of(session).suspend(Input.Reason.TLS_FILES);
    var unused =
        files
            .copy()
            .completeOnTimeout(null, MOST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((done, failure) -> asEvent(session, () -> filesRead(next, session)));
  }

  private TlsSession begin(NextFilter next, IoSession session) {
    TlsSession tls = new TlsSession(session, context, next, this);
    SessionState.of(session).setTls(tls);
    WriteQueue.beforeClose(session, tls.output()::close);
    tls.begin();
    return tls;
  }

  private void filesRead(NextFilter next, IoSession session) {
    if (!session.isClosing() && SessionState.of(session).tls() instanceof Early early) {
      begin(next, session).received(early.bytes.flip().buf());
      Input.of(session).resume(Input.Reason.TLS_FILES);
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
      tls.peerEnded(false);
    }
  }

  @Override
  public void filterClose(NextFilter next, IoSession session) {
    if (Handover.isNeeded(session)) {
      EventLoop.onLoopOf(session, () -> filterClose(next, session));
      return;
    }
    TlsSession tls = ifBegun(session);
    if (tls != null) {
      tls.output().closeNow();
    }
    next.filterClose(session);
  }

  /** Runs a task on the session's loop, guarded and in its log context like its events. */
  static void asEvent(IoSession session, Runnable task) {
    EventLoop.onLoopOf(session, () -> session.getFilterChain().fireEvent(new Task(task)));
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (event instanceof Task own) {
      own.task.run();
    } else {
      super.event(next, session, event);
    }
  }

  private record Task(Runnable task) implements FilterEvent {}

  /**
   * Input from a filter below that came before a session's files were read. Reading is suspended,
   * so this is at most the rest of one read.
   */
  private static final class Early implements SessionState.Handshake {

    private final IoBuffer bytes = IoBuffer.allocate(0).setAutoExpand(true);

    @Override
    public @Nullable Object result() {
      return null;
    }
  }

  /**
   * Encrypts on the session's loop alone: a filter between this one and the codec's may run on
   * another thread.
   */
  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
    TlsOutput output = begun(session).output();
    if (!Handover.isNeeded(session)) {
      output.write(request);
      return;
    }
    Runnable onLoop =
        () -> {
          WriteBatch.passDownOf(session); // earlier writes
          output.write(request);
        };
    Handover.write(session, request, onLoop);
  }
}
