package parley.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import parley.client.Asks.Ask;
import parley.codec.CutShortException;
import parley.codec.FrameException;
import parley.protocol.Correlation;
import parley.protocol.Protocols;
import parley.tls.TlsException;
import parley.tls.TlsFilter;
import parley.transport.ConnectionResetException;
import parley.transport.EventLoop;
import parley.transport.EventLoops;
import parley.transport.Input;

/**
 * Asks on one connection and completes what was asked. Written and queued under one lock, so what
 * is in flight has the order of the wire; futures are completed outside it.
 */
final class Connection {

  private final IoSession session;
  private final ClientConfig config;
  private final Client client;
  private final EventLoops loops;
  private final Correlation correlation;
  private final Asks asks;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<ConnectionLostException> lost = new CompletableFuture<>();
  private boolean draining;
  private @Nullable Future<?> timer;
  private long timerDeadline;
  private @Nullable Throwable fault;
  private @Nullable String ended;

  Connection(IoSession session, ClientConfig config, Client client, EventLoops loops) {
    this.session = session;
    this.config = config;
    this.client = client;
    this.loops = loops;
    session.getCloseFuture().addListener(future -> closed());
    correlation = client.correlation();
    asks = new Asks(correlation);
  }

  IoSession session() {
    return session;
  }

  CompletableFuture<Object> ask(Object message, Duration timeout) {
    Ask ask = Ask.within(timeout);
    WriteFuture written;
    Object key;
    synchronized (this) {
      Exception refusal = refusal();
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      try {
        key = asks.freeKey(message);
      } catch (ClientException | RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
      asks.put(key, ask);
      try {
        written = session.write(message);
      } catch (RuntimeException | Error thrown) {
        asks.remove(key, ask); // nothing was sent
        return CompletableFuture.failedFuture(thrown);
      }
      if (isRefused(written)) { // before a frame comes that could be taken for its answer
        asks.remove(key, ask);
        return CompletableFuture.failedFuture(why(written));
      }
      setTimer(ask);
    }
    written.addListener(future -> endIfRefused(written, key, ask));
    return ask.answer();
  }

  /** A filter below may refuse it when the turn is over. */
  private void endIfRefused(WriteFuture written, Object key, Ask ask) {
    if (!isRefused(written)) {
      return;
    }
    synchronized (this) {
      asks.remove(key, ask);
    }
    ask.answer().completeExceptionally(why(written));
    endIfDrained();
  }

  /** Whether the codec or a filter has not taken a message: nothing was sent. */
  private static boolean isRefused(WriteFuture written) {
    Throwable failure = written.getException();
    return failure != null
        && !(failure instanceof WriteToClosedSessionException); // closed() ends it
  }

  private static Throwable why(WriteFuture refused) {
    Throwable failure = refused.getException();
    Throwable cause = failure instanceof ProtocolEncoderException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }

  private synchronized boolean isDraining() {
    return draining;
  }

  private @Nullable Exception refusal() {
    if (ended != null) {
      return lost();
    }
    if (draining) {
      return new ClientException("the client drains");
    }
    int inFlight = asks.all().size();
    if (inFlight >= config.maxInFlight() && !asks.dropLate()) {
      int late = inFlight - asks.waiting();
      return new ClientException(
          "in flight: " + inFlight + ", of those timed out: " + late + " (expected: fewer)");
    }
    return correlation.isByKey() || correlation.isInOrder()
        ? null
        : new ClientException(
            "protocol " + Protocols.name(config.protocol()) + " has no answers to match");
  }

  CompletableFuture<Void> send(Object message) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    WriteFuture written;
    if (isDraining()) {
      return CompletableFuture.failedFuture(new ClientException("the client drains"));
    }
    try {
      written = session.write(message);
    } catch (RuntimeException | Error thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
    written.addListener(
        future -> {
          Throwable failure = ((WriteFuture) future).getException();
          if (failure == null) {
            sent.complete(null);
          } else {
            sent.completeExceptionally(
                failure instanceof WriteToClosedSessionException
                    ? lost()
                    : why((WriteFuture) future));
          }
        });
    return sent;
  }

  void received(Object frame) {
    Ask asked;
    client.answered();
    synchronized (this) {
      asked = asks.take(frame);
    }
    ClassLoader before = client.context().enter();
    try {
      if (asked == null) {
        config.unasked().accept(frame);
      } else {
        asked.answer().complete(frame);
        endIfDrained();
      }
    } finally {
      client.context().leave(before);
    }
  }

  synchronized void faulted(Throwable cause) {
    if (fault == null) {
      fault = cause;
    }
  }

  /** The session is closed: all that is in flight fails, once the client knows of it. */
  private void closed() {
    List<Ask> left;
    synchronized (this) {
      if (ended != null) {
        return;
      }
      ended = reason();
      left = new ArrayList<>(asks.all());
      asks.clear();
      if (timer != null) {
        timer.cancel(false);
      }
    }
    client.lost(this);
    for (Ask ask : left) {
      ask.answer().completeExceptionally(lost());
    }
    drained.complete(null);
    lost.complete(lost());
  }

  private String reason() {
    if (fault instanceof ConnectionResetException || fault instanceof TlsException) {
      return "connection lost: " + fault.getMessage();
    }
    if (fault instanceof CutShortException) {
      return "connection cut short: " + fault.getMessage();
    }
    if (fault instanceof FrameException) {
      return "the server sent what is no frame: " + fault.getMessage();
    }
    if (fault != null) {
      return "connection closed after " + fault;
    }
    return Input.of(session).isEnded() || TlsFilter.isEnded(session)
        ? "connection closed by the server"
        : "connection closed";
  }

  /** Why it is no more. */
  synchronized ConnectionLostException lost() {
    return new ConnectionLostException(ended == null ? "connection closed" : ended, fault);
  }

  /** Completed with the reason when this connection has ended. */
  CompletableFuture<ConnectionLostException> whenLost() {
    return lost.copy();
  }

  synchronized int inFlight() {
    return asks.waiting();
  }

  CompletableFuture<Void> drain() {
    synchronized (this) {
      draining = true;
    }
    endIfDrained();
    return drained;
  }

  private void endIfDrained() {
    synchronized (this) {
      if (!draining || inFlight() > 0) {
        return;
      }
    }
    session.closeOnFlush();
  }

  /** One timer a connection, for the ask that is due first. */
  private void setTimer(Ask ask) {
    if (timer == null || ask.deadline() - timerDeadline < 0) {
      if (timer != null) {
        timer.cancel(false);
      }
      timerDeadline = ask.deadline();
      long left = Math.max(0, ask.deadline() - System.nanoTime());
      timer = loops.schedule(this::handOver, Duration.ofNanos(left));
    }
  }

  /** From the timer's thread to the session's: what follows an answer must not hold up timers. */
  private void handOver() {
    EventLoop.onLoopOf(session, this::timeOut);
  }

  private void timeOut() {
    List<Ask> late = new ArrayList<>();
    synchronized (this) {
      if (timer != null) {
        timer.cancel(false); // an earlier one may have been set since this one fired
        timer = null;
      }
      long now = System.nanoTime();
      for (Ask ask : asks.all()) {
        if (ask.isDone()) {
          continue;
        }
        if (ask.deadline() - now <= 0) {
          late.add(ask);
        } else {
          setTimer(ask);
        }
      }
    }
    for (Ask ask : late) {
      ask.answer().completeExceptionally(new AnswerTimeoutException(ask.timeout()));
    }
    endIfDrained();
  }
}
