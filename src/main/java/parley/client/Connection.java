package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  private final ClientConfig config;
  private final Client client;
  private final Attempt attempt;
  private final Correlation correlation;
  private final Loss loss;
  private final Room room;
  private final Outbox outbox;
  private final Asks asks;
  private final Unasked unasked;
  private final Liveness liveness;
  private final long made = System.nanoTime();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<ConnectionLostException> lost = new CompletableFuture<>();
  private volatile boolean draining;
  private volatile boolean ready;
  private volatile long firstAnswer;
  private volatile long lastAnswer;
  private boolean opened; // on the loop
  private boolean hasAnswered; // on the loop

  Connection(
      IoSession session,
      EventLoop loop,
      Connector connector,
      ClientConfig config,
      Client client,
      Attempt attempt) {
    this.session = session;
    this.loop = loop;
    this.config = config;
    this.client = client;
    this.attempt = attempt;
    correlation = client.correlation();
    loss = new Loss(session);
    room = new Room(config.maxInFlight(), config.outboundBytes(), session::getScheduledWriteBytes);
    outbox = new Outbox(session, loop, room, loss, client.context());
    asks = new Asks(correlation, config.maxInFlight(), room::placeFreed);
    unasked = new Unasked(config.unasked(), loss, client.ownLoop());
    liveness =
        new Liveness(
            loop,
            connector.timer(),
            new Actions(),
            config.silenceTimeout(),
            config.heartbeatIdle());
    session.getCloseFuture().addListener(future -> client.context().run(this::closed));
  }

  IoSession session() {
    return session;
  }

  /** How long ago it was made. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - made);
  }

  /** The time from the first answer to the last one, except for those of {@code onConnect}. */
  Duration answering() {
    return Duration.ofNanos(lastAnswer - firstAnswer);
  }

  Client client() {
    return client;
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
    outbox.add(liveness::begin);
    attempt.succeed(this);
  }

  private void notReady(Throwable failure) {
    Throwable cause = Connector.unwrap(failure);
    attempt.fail("onConnect failed: " + Attempt.reason(cause), cause);
  }

  ClientFuture<Object> ask(Object message, Duration timeout) {
    Ask ask = new Ask(this, timeout, client.ownLoop());
    long size = Room.size(message);
    ClientException none = noAnswers();
    if (none == null) {
      none = enter(() -> room.enterAsk(size), ask);
    }
    if (none != null) {
      return failed(none);
    }
    ClientException refusal = refusal();
    if (refusal != null) {
      room.answered();
      room.placeFreed();
      room.dropped(size);
      return failed(refusal);
    }
    client.timeouts().add(ask);
    outbox.add(() -> write(ask, message, size));
    return ask;
  }

  ClientFuture<Void> send(Object message) {
    ClientFuture<Void> sent = new ClientFuture<>(client.ownLoop());
    long size = Room.size(message);
    ClientException none = enter(() -> room.enter(size), null);
    if (none != null) {
      return failed(none);
    }
    ClientException refusal = refusal();
    if (refusal != null) {
      room.dropped(size);
      return failed(refusal);
    }
    outbox.add(() -> write(sent, message, size));
    return sent;
  }

  private <T> ClientFuture<T> failed(Throwable cause) {
    ClientFuture<T> failed = new ClientFuture<>(client.ownLoop());
    failed.completeExceptionally(cause);
    return failed;
  }

  private @Nullable ClientException noAnswers() {
    return correlation.isByKey() || correlation.isInOrder()
        ? null
        : new ClientException(
            "protocol " + Protocols.name(config.protocol()) + " has no answers to match");
  }

  /** Why nothing more can be sent, or null. Checked again after taking room, which a drain sees. */
  private @Nullable ClientException refusal() {
    if (loss.hasHappened()) {
      return lost();
    }
    return draining ? new ClientException("the client drains") : null;
  }

  /** Takes room, or waits for it where the config says so; returns why there is none. */
  private @Nullable ClientException enter(Room.Entry entry, @Nullable Ask ask) {
    ClientException refusal = refusal();
    if (refusal != null) {
      return refusal;
    }
    String full = entry.enter();
    if (full == null) {
      return null;
    }
    if (config.whenFull() == WhenFull.FAIL || client.ownLoop().isHere()) {
      return new ClientException(full);
    }
    try {
      if (room.await(entry, ask == null ? null : ask.deadline()) == null) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ClientException("interrupted while waiting for room: " + full);
    }
    return loss.hasHappened() || ask == null ? lost() : new AnswerTimeoutException(ask.timeout());
  }

  private void write(Ask ask, Object message, long size) {
    if (loss.hasHappened() || ask.isSettled()) {
      room.placeFreed();
      room.dropped(size);
      ask.failed(lost());
      endIfDrained();
      return;
    }
    try {
      asks.add(ask, message);
    } catch (ClientException | RuntimeException | Error refused) {
      room.placeFreed();
      room.dropped(size);
      ask.failed(refused);
      endIfDrained();
      return;
    }
    liveness.asked();
    outbox.write(message, size, failure -> written(ask, failure));
  }

  private void write(ClientFuture<Void> sent, Object message, long size) {
    if (loss.hasHappened() || sent.isDone()) {
      room.dropped(size);
      sent.completeExceptionally(lost());
    } else {
      liveness.sent();
      outbox.write(message, size, failure -> written(sent, failure));
    }
    endIfDrained();
  }

  private void written(ClientFuture<Void> sent, @Nullable Throwable failure) {
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
  private void written(Ask ask, @Nullable Throwable failure) {
    if (failure == null || failure instanceof WriteToClosedSessionException) {
      return;
    }
    Runnable remove =
        () -> {
          if (!loss.hasHappened()) {
            asks.remove(ask); // before a frame comes that could be taken for its answer
          }
          ask.failed(failure);
          endIfDrained();
        };
    if (loop.isLoopThread()) {
      remove.run(); // at once: a frame may be next
    } else {
      outbox.add(remove);
    }
  }

  /** A request is settled, and about to complete. */
  void settled(Ask ask) {
    room.answered();
    client.timeouts().remove(ask);
  }

  /** A request was settled by a timeout or by its caller. */
  void givenUp(Ask ask) {
    if (correlation.isByKey() || draining) {
      outbox.add(
          () -> {
            if (!loss.hasHappened()) {
              asks.givenUp(ask);
              endIfDrained();
            }
          });
    }
  }

  /** On the loop. */
  @Override
  public void messageReceived(IoSession any, Object frame) {
    liveness.heard();
    Ask asked = asks.take(frame);
    ClassLoader before = client.context().enter();
    try {
      if (asked == null) {
        unasked.received(frame);
        return;
      }
      if (ready && !asked.isSettled()) {
        answers();
      }
      asked.answered(frame);
      endIfDrained();
    } finally {
      client.context().leave(before);
    }
  }

  private void answers() {
    lastAnswer = System.nanoTime();
    if (!hasAnswered) {
      hasAnswered = true;
      firstAnswer = lastAnswer;
    }
  }

  /** The next frame that answers nothing. */
  CompletableFuture<Object> nextUnasked() {
    return unasked.next();
  }

  @Override
  public void exceptionCaught(IoSession any, Throwable cause) {
    loss.faulted(cause);
  }

  /** Fails all that is in flight, after the client's own state has changed. On the loop. */
  private void closed() {
    if (loss.hasHappened()) {
      return;
    }
    loss.happened();
    liveness.end();
    client.lost(this);
    if (opened) { // otherwise MINA's future or sessionClosed has the better reason
      attempt.fail(lost());
    }
    asks.takeAll().forEach(ask -> ask.failed(lost()));
    outbox.end();
    room.close();
    unasked.end();
    drained.complete(null);
    lost.complete(lost());
  }

  /** The chain has passed on the end without failing the connect. */
  @Override
  public void sessionClosed(IoSession any) {
    attempt.fail(lost());
  }

  /** The reason of its end. */
  ConnectionLostException lost() {
    return loss.exception();
  }

  /** Completed with the reason when this connection has ended. */
  CompletableFuture<ConnectionLostException> whenLost() {
    return lost;
  }

  int inFlight() {
    return room.waiting();
  }

  CompletableFuture<Void> drain() {
    draining = true;
    outbox.add(this::endIfDrained);
    return drained;
  }

  private void endIfDrained() {
    if (draining && !loss.hasHappened() && room.waiting() == 0 && outbox.isEmpty()) {
      session.closeOnFlush();
    }
  }

  /** The actions of {@link Liveness}, on the loop. */
  private final class Actions implements Liveness.Actions {

    private @Nullable CompletableFuture<?> beat;

    @Override
    public boolean isOwed() {
      return correlation.isInOrder() ? !asks.isEmpty() : room.waiting() > 0;
    }

    @Override
    public @Nullable Long patience(long madeBefore) {
      return asks.latestOver(config.silenceTimeout(), madeBefore);
    }

    @Override
    public long readBytes() {
      return session.getReadBytes();
    }

    @Override
    public void silent() {
      loss.gaveUp("no frame within " + config.silenceTimeout().toMillis() + " ms");
      session.closeNow();
    }

    @Override
    public void beat() {
      if (beat != null && !beat.isDone()) {
        return; // the silence timeout watches over that one
      }
      try {
        if (correlation.isByKey() && beat instanceof Ask late) {
          asks.remove(late); // its answer may be lost, and the next one may have its key
        }
        Object message = client.context().call(config.heartbeat());
        if (correlation.isInOrder()
            || (correlation.isByKey() && correlation.key(message) != null)) {
          beat = ask(message, config.heartbeatTimeout());
        } else {
          beat = send(message);
          liveness.asked();
        }
      } catch (RuntimeException | Error defect) {
        session.getFilterChain().fireExceptionCaught(defect);
      }
    }
  }
}
