package parley.client;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.jspecify.annotations.Nullable;
import parley.protocol.Correlation;
import parley.protocol.Protocols;
import parley.transport.EventLoop;

/**
 * Sends the requests of one connection and completes their futures. Requests are matched, encoded
 * and written on the session's event loop, one after the other. So the requests in flight have the
 * order of the wire, and no lock is held while a codec, a filter, a key function or a dependent of
 * a future runs. Any thread may call, unless it says otherwise.
 */
final class Connection extends IoHandlerAdapter {

  private final IoSession session;
  private final EventLoop loop;
  private final Client client;
  private final ClientConfig config;
  private final ConnectAttempt attempt;
  private final Correlation correlation;
  private final Capacity capacity;
  private final SendQueue queue;
  private final PendingRequests pending;
  private final Liveness liveness;
  private final Queue<CompletableFuture<Object>> unasked = new ConcurrentLinkedQueue<>();
  private final long made = System.nanoTime();
  private final CompletableFuture<ConnectionLostException> whenLost = new CompletableFuture<>();
  private volatile @Nullable Throwable fault;
  private volatile @Nullable ConnectionLostException loss;
  private volatile boolean draining;
  private volatile boolean ended;
  private volatile boolean ready;
  private volatile long firstAnswer;
  private volatile long lastAnswer;
  private boolean opened; // on the loop

  Connection(IoSession session, EventLoop loop, Client client, ConnectAttempt attempt) {
    this.session = session;
    this.loop = loop;
    this.client = client;
    this.attempt = attempt;
    config = client.config();
    correlation = client.correlation();
    capacity =
        new Capacity(config.maxInFlight(), config.outboundBytes(), session::getScheduledWriteBytes);
    queue = new SendQueue(session, loop, capacity, client.context());
    pending = new PendingRequests(correlation, config.maxInFlight(), capacity::placeFreed);
    liveness = new Liveness(this, loop, client, pending);
    session.getCloseFuture().addListener(future -> client.context().run(this::closed));
  }

  IoSession session() {
    return session;
  }

  Client client() {
    return client;
  }

  /** How long ago it was made. */
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
    client.context().run(this::begin);
  }

  private void begin() {
    Function<NewConnection, ? extends CompletionStage<?>> onConnect = config.onConnect();
    if (onConnect == null) {
      ready();
      return;
    }
    attempt.begun();
    try {
      var unused =
          onConnect
              .apply(new NewConnection(this, config))
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      ready();
                    } else {
                      notReady(failure);
                    }
                  });
    } catch (RuntimeException | Error e) { // also for null
      notReady(e);
    }
  }

  private void ready() {
    ready = true;
    queue.add(liveness::begin);
    attempt.succeed(this);
  }

  private void notReady(Throwable failure) {
    Throwable cause = Connector.unwrap(failure);
    attempt.fail("onConnect failed: " + ConnectAttempt.reason(cause), cause);
  }

  CompletableFuture<Object> ask(Object message, Duration timeout) {
    if (!correlation.isByKey() && !correlation.isInOrder()) {
      String name = Protocols.name(config.protocol());
      return failed(new ClientException("protocol " + name + " has no answers to match"));
    }
    PendingRequest request = new PendingRequest(this, timeout, client);
    long size = Capacity.size(message);
    try {
      capacity.take(size, request, mayBlock());
    } catch (ClientException refused) {
      return failed(refused);
    }
    client.timeouts().add(request);
    queue.add(() -> write(request, message, size));
    return request;
  }

  CompletableFuture<Void> send(Object message) {
    long size = Capacity.size(message);
    try {
      capacity.take(size, null, mayBlock());
    } catch (ClientException refused) {
      return failed(refused);
    }
    CompletableFuture<Void> sent = new ClientFuture<>(client);
    queue.add(() -> write(sent, message, size));
    return sent;
  }

  private boolean mayBlock() {
    return config.whenFull() == WhenFull.WAIT && !client.isLoopThread();
  }

  private <T> CompletableFuture<T> failed(Throwable cause) {
    CompletableFuture<T> failed = new ClientFuture<>(client);
    failed.completeExceptionally(cause);
    return failed;
  }

  private void write(PendingRequest request, Object message, long size) {
    Throwable refused = ended || request.isSettled() ? lost() : null;
    if (refused == null) {
      try {
        pending.add(request, message);
      } catch (ClientException | RuntimeException | Error thrown) {
        refused = thrown;
      }
    }
    if (refused == null) {
      liveness.asked();
      queue.write(message, size, failure -> written(request, failure));
    } else {
      capacity.placeFreed();
      capacity.dropped(size);
      request.failed(refused);
      endIfDrained();
    }
  }

  private void write(CompletableFuture<Void> sent, Object message, long size) {
    if (ended || sent.isDone()) {
      capacity.dropped(size);
      sent.completeExceptionally(lost());
    } else {
      liveness.sent();
      queue.write(message, size, failure -> written(sent, failure));
    }
    endIfDrained();
  }

  private void written(CompletableFuture<Void> sent, @Nullable Throwable failure) {
    if (failure == null) {
      sent.complete(null);
    } else {
      sent.completeExceptionally(
          failure instanceof WriteToClosedSessionException ? lost() : failure);
    }
  }

  /**
   * Fails a request that the codec or a filter refused; a filter below the codec does so at the end
   * of the turn. {@link #closed} fails a request that was written to a closing session.
   */
  private void written(PendingRequest request, @Nullable Throwable failure) {
    if (failure == null || failure instanceof WriteToClosedSessionException) {
      return;
    }
    Runnable remove =
        () -> {
          if (!ended) {
            pending.remove(request); // before a frame comes that could be taken for its answer
          }
          request.failed(failure);
          endIfDrained();
        };
    if (loop.isLoopThread()) {
      remove.run(); // at once: a frame may be next
    } else {
      queue.add(remove);
    }
  }

  /** A request is settled, and about to complete. */
  void settled(PendingRequest request) {
    capacity.settled();
    client.timeouts().remove(request);
  }

  /** A request was settled by a timeout or by its caller. */
  void givenUp(PendingRequest request) {
    if (correlation.isByKey() || draining) {
      queue.add(
          () -> {
            if (!ended) {
              pending.givenUp(request);
              endIfDrained();
            }
          });
    }
  }

  /** On the loop. */
  @Override
  public void messageReceived(IoSession any, Object frame) {
    liveness.heard();
    PendingRequest answered = pending.take(frame);
    client.context().run(() -> received(answered, frame));
  }

  private void received(@Nullable PendingRequest answered, Object frame) {
    if (answered == null) {
      receivedUnasked(frame);
      return;
    }
    if (ready && !answered.isSettled()) {
      lastAnswer = System.nanoTime();
      firstAnswer = firstAnswer == 0 ? lastAnswer : firstAnswer;
    }
    answered.answered(frame);
    endIfDrained();
  }

  /** Hands on a frame that answers nothing: to a caller that waits for one, or to the listener. */
  private void receivedUnasked(Object frame) {
    for (var next = unasked.poll(); next != null; next = unasked.poll()) {
      if (next.complete(frame)) {
        return;
      }
    }
    config.unasked().accept(frame);
  }

  /** The next frame that answers nothing; fails when the connection ends. */
  CompletableFuture<Object> nextUnasked() {
    CompletableFuture<Object> next = new ClientFuture<>(client);
    unasked.add(next);
    if (ended) {
      failUnasked();
    }
    return next;
  }

  private void failUnasked() {
    for (var next = unasked.poll(); next != null; next = unasked.poll()) {
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
            "no frame within " + config.silenceTimeout().toMillis() + " ms");
    session.closeNow();
  }

  /** Fails all that is in flight, after the client's own state has changed. On the loop. */
  private void closed() {
    if (loss == null) {
      loss = ConnectionLostException.of(session, fault);
    }
    ended = true;
    capacity.close(this::lost);
    liveness.end();
    client.lost(this);
    if (opened) { // otherwise MINA's future or sessionClosed has the better reason
      attempt.fail(lost());
    }
    pending.takeAll().forEach(request -> request.failed(lost()));
    queue.end();
    failUnasked();
    whenLost.complete(lost());
  }

  /** The chain has passed on the end without failing the connect. */
  @Override
  public void sessionClosed(IoSession any) {
    attempt.fail(lost());
  }

  /** The reason of its end. */
  ConnectionLostException lost() {
    ConnectionLostException why = loss;
    return why == null ? new ConnectionLostException("connection closed", fault) : why.copy();
  }

  /** Completed with the reason when this connection has ended. */
  CompletableFuture<ConnectionLostException> whenLost() {
    return whenLost;
  }

  /** How many requests wait for their answers. */
  int inFlight() {
    return capacity.waiting();
  }

  /** Lets nothing more in, and closes when all that is in flight has settled. */
  void drain() {
    draining = true;
    capacity.close(() -> new ClientException("the client drains"));
    queue.add(this::endIfDrained);
  }

  private void endIfDrained() {
    if (draining && !ended && capacity.waiting() == 0 && queue.isEmpty()) {
      session.closeOnFlush();
    }
  }
}
