package parley.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.EventLoop;
import parley.internal.loop.SessionState;
import parley.protocol.Protocols;

/**
 * The handler of one connection: sends its requests and completes their futures. Requests are
 * matched, encoded and written on the session's event loop, one after the other. Therefore requests
 * in flight have the order of the wire, and no lock is held while a codec, a filter, a key function
 * or a dependent of a future runs. Unless stated otherwise, any thread may call these methods.
 */
final class Connection extends IoHandlerAdapter {

  final IoSession session;
  final EventLoop loop;
  final Client<?, ?> client;
  final Capacity capacity;
  final PendingRequests pending;
  final SendQueue queue;
  final Liveness liveness;
  private final ClientConfig<?, ?> config;
  private final ConnectAttempt attempt;
  private final Queue<CompletableFuture<Object>> unsolicited = new ConcurrentLinkedQueue<>();
  private final long made = System.nanoTime();

  /** Completed with the reason when this connection has ended. */
  final CompletableFuture<ConnectionLostException> whenLost = new CompletableFuture<>();

  private volatile @Nullable Throwable fault;
  private volatile @Nullable ConnectionLostException loss;
  private volatile boolean draining;
  volatile boolean ended;
  private volatile boolean ready;
  private volatile long firstAnswer;
  private volatile long lastAnswer;
  private boolean opened; // on the loop

  Connection(IoSession session, ConnectAttempt attempt) {
    this.session = session;
    this.attempt = attempt;
    loop = Objects.requireNonNull(EventLoop.of(session));
    client = attempt.client;
    config = client.config;
    capacity = new Capacity(this);
    queue = new SendQueue(this);
    pending = new PendingRequests(this);
    liveness = new Liveness(this);
    session.getCloseFuture().addListener(future -> client.context.run(this::closed));
  }

  /** Returns the time since it was created. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - made);
  }

  /** Returns the time from the first answer to the last one, without those of {@code onConnect}. */
  Duration answering() {
    return Duration.ofNanos(lastAnswer - firstAnswer);
  }

  /** Called after the TLS handshake, if there is one, on the loop. */
  @Override
  public void sessionOpened(IoSession any) {
    opened = true;
    client.context.run(this::begin);
  }

  private void begin() {
    Function<NewConnection<Object, Object>, ? extends CompletionStage<?>> onConnect =
        config.options.onConnect;
    if (onConnect == null) {
      begun(null, null);
      return;
    }
    attempt.begun();
    try {
      var unused = onConnect.apply(new NewConnection<>(this)).whenComplete(this::begun);
    } catch (RuntimeException | Error e) { // also for null
      begun(null, e);
    }
  }

  /** Called when the stage of {@code onConnect} has completed. */
  private void begun(@Nullable Object done, @Nullable Throwable failure) {
    if (failure == null) {
      ready = true;
      queue.add(liveness::begin);
      attempt.succeed(this);
    } else {
      Throwable cause = ClientFuture.unwrap(failure);
      attempt.fail("onConnect failed: " + ConnectAttempt.reason(cause), cause);
    }
  }

  CompletableFuture<Object> ask(Object message, Duration timeout) {
    PendingRequest request = new PendingRequest(this, timeout);
    if (client.correlation.isByKey() || client.correlation.isInOrder()) {
      queue.send(request, message);
    } else {
      String name = Protocols.name(config.protocol());
      request.completeExceptionally(
          new ClientException(
              "protocol "
                  + name
                  + " does not match answers to requests (expected: send, not ask)"));
    }
    return request;
  }

  CompletableFuture<Void> send(Object message) {
    ClientFuture<Void> sent = new ClientFuture<>(client);
    queue.send(sent, message);
    return sent;
  }

  /** Called when the codec or a filter rejected a request. */
  void refused(PendingRequest request, Throwable cause) {
    Runnable remove =
        () -> {
          pending.remove(request); // before a frame could be mistaken for its answer
          request.failed(cause);
          endIfDrained();
        };
    if (loop.isLoopThread()) {
      remove.run(); // at once, because the next event may be a frame
    } else {
      queue.add(remove);
    }
  }

  /** Called when a timeout or the caller settled a request. */
  void givenUp(PendingRequest request) {
    if (client.correlation.isByKey() || draining) {
      queue.add(() -> pending.givenUp(request));
    }
  }

  /** Called on the loop. */
  @Override
  public void messageReceived(IoSession any, Object frame) {
    liveness.received();
    PendingRequest answered = pending.take(frame);
    client.context.run(
        answered == null ? () -> unsolicited(frame) : () -> received(answered, frame));
  }

  private void received(PendingRequest answered, Object frame) {
    long now = System.nanoTime();
    boolean wasReady = ready; // an answer that completes onConnect does not count for the backoff
    if (answered.answered(frame)) {
      SessionState.of(session).countAnswers(session, now - answered.made, 1);
      lastAnswer = wasReady ? now : lastAnswer;
      firstAnswer = wasReady && firstAnswer == 0 ? now : firstAnswer;
    }
    endIfDrained();
  }

  /**
   * Passes on a frame that answers no request: to a caller that waits for one, or to the listener.
   */
  private void unsolicited(Object frame) {
    for (var next = unsolicited.poll(); next != null; next = unsolicited.poll()) {
      if (next.complete(frame)) {
        return;
      }
    }
    config.options.onUnsolicited.accept(frame);
  }

  /** Returns the next frame that answers no request; fails when the connection ends. */
  CompletableFuture<Object> nextUnsolicited() {
    CompletableFuture<Object> next = new ClientFuture<>(client);
    unsolicited.add(next);
    if (ended) {
      failUnsolicited();
    }
    return next;
  }

  private void failUnsolicited() {
    for (var next = unsolicited.poll(); next != null; next = unsolicited.poll()) {
      next.completeExceptionally(lost());
    }
  }

  @Override
  public void exceptionCaught(IoSession any, Throwable cause) {
    if (fault == null) {
      fault = cause;
    }
  }

  /** Ends the connection, because no frame has come for too long. */
  void silent() {
    loss =
        new ConnectionLostException(
            "no frame within " + config.silenceTimeout().toMillis() + " ms", null);
    session.closeNow();
  }

  /** Fails everything in flight, after the client's own state has changed. On the loop. */
  private void closed() {
    if (loss == null) {
      loss = ConnectionLostException.of(session, fault, Protocols.describe(config.protocol()));
    }
    ended = true;
    capacity.refuse(this::lost);
    client.lost(this);
    if (opened) { // otherwise MINA's future or sessionClosed has the better reason
      attempt.failed(lost());
    }
    pending.clear();
    capacity.waiting().forEach(request -> request.failed(lost()));
    capacity.end();
    queue.end();
    failUnsolicited();
    whenLost.complete(lost());
  }

  /** Called when the chain reports the end without having failed the connect. */
  @Override
  public void sessionClosed(IoSession any) {
    attempt.failed(lost());
  }

  /** Returns why it ended. */
  ConnectionLostException lost() {
    ConnectionLostException why = loss;
    return why == null ? new ConnectionLostException("connection closed", fault) : why.copy();
  }

  /** Closes at once. Other threads fail the requests, as the event loop may be blocked. */
  void close() {
    capacity.refuse(this::lost);
    capacity.waiting().forEach(PendingRequest::failedElsewhere);
    session.closeNow();
  }

  /** Accepts no more requests, and closes when everything in flight has settled. */
  void drain() {
    draining = true;
    capacity.refuse(() -> new ClientException("the client is draining"));
    queue.add(() -> {}); // the check that follows each task closes it
  }

  /** Closes after the last request and task of a drain. On the loop. */
  void endIfDrained() {
    if (draining && !ended && capacity.inFlight() == 0 && queue.isEmpty()) {
      session.closeOnFlush();
    }
  }
}
