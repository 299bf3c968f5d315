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
import parley.protocol.Protocols;

/**
 * Sends the requests of one connection and completes their futures. Requests are matched, encoded
 * and written on the session's event loop, one after the other. So the requests in flight have the
 * order of the wire, and no lock is held while a codec, a filter, a key function or a dependent of
 * a future runs. Any thread may call, unless it says otherwise.
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

  /** Returns the time since it was made. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - made);
  }

  /** The time from the first answer to the last one, except for those of {@code onConnect}. */
  Duration answering() {
    return Duration.ofNanos(lastAnswer - firstAnswer);
  }

  /** With TLS secured. On the loop. */
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

  /** The stage of {@code onConnect} has completed. */
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
          new ClientException("protocol " + name + " has no answers to match"));
    }
    return request;
  }

  CompletableFuture<Void> send(Object message) {
    ClientFuture<Void> sent = new ClientFuture<>(client);
    queue.send(sent, message);
    return sent;
  }

  /** The codec or a filter has refused a request. */
  void refused(PendingRequest request, Throwable cause) {
    Runnable remove =
        () -> {
          pending.remove(request); // before a frame comes that could be taken for its answer
          request.failed(cause);
          endIfDrained();
        };
    if (loop.isLoopThread()) {
      remove.run(); // at once: a frame may be next
    } else {
      queue.add(remove);
    }
  }

  /** A request was settled by a timeout or by its caller. */
  void givenUp(PendingRequest request) {
    if (client.correlation.isByKey() || draining) {
      queue.add(() -> pending.givenUp(request));
    }
  }

  /** On the loop. */
  @Override
  public void messageReceived(IoSession any, Object frame) {
    liveness.heard();
    PendingRequest answered = pending.take(frame);
    client.context.run(
        answered == null ? () -> unsolicited(frame) : () -> received(answered, frame));
  }

  private void received(PendingRequest answered, Object frame) {
    // an answer that completes onConnect does not count
    long now = ready ? System.nanoTime() : 0;
    if (answered.answered(frame) && now != 0) {
      lastAnswer = now;
      firstAnswer = firstAnswer == 0 ? now : firstAnswer;
    }
    endIfDrained();
  }

  /** Hands on a frame that answers nothing: to a caller that waits for one, or to the listener. */
  private void unsolicited(Object frame) {
    for (var next = unsolicited.poll(); next != null; next = unsolicited.poll()) {
      if (next.complete(frame)) {
        return;
      }
    }
    config.options.onUnsolicited.accept(frame);
  }

  /** The next frame that answers nothing; fails when the connection ends. */
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

  /** Ends the connection, as no frame has come for too long. */
  void silent() {
    loss =
        new ConnectionLostException(
            "no frame within " + config.silenceTimeout().toMillis() + " ms", null);
    session.closeNow();
  }

  /** Fails all that is in flight, after the client's own state has changed. On the loop. */
  private void closed() {
    if (loss == null) {
      loss = ConnectionLostException.of(session, fault);
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

  /** The chain has passed on the end without failing the connect. */
  @Override
  public void sessionClosed(IoSession any) {
    attempt.failed(lost());
  }

  /** The reason of its end. */
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

  /** Lets nothing more in, and closes when all that is in flight has settled. */
  void drain() {
    draining = true;
    capacity.refuse(() -> new ClientException("the client drains"));
    queue.add(() -> {}); // and then what follows each task
  }

  /** Closes after the last request and task of a drain. On the loop. */
  void endIfDrained() {
    if (draining && !ended && capacity.inFlight() == 0 && queue.isEmpty()) {
      session.closeOnFlush();
    }
  }
}
