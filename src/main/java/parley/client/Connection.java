package parley.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;
import parley.protocol.Correlation;
import parley.transport.ConnectionResetException;
import parley.transport.EventLoops;
import parley.transport.Input;

/**
 * Matches requests and answers on one connection. Written and queued under one lock, so the queue
 * has the order of the wire; futures are completed outside it.
 */
final class Connection {

  /** A request in flight. A timed-out one stays in the queue, to take its late answer. */
  private record Ask(CompletableFuture<Object> answer, long deadline) {}

  private final IoSession session;
  private final ClientConfig config;
  private final Client client;
  private final EventLoops loops;
  private final Deque<Ask> inFlight = new ArrayDeque<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<ConnectionLostException> lost = new CompletableFuture<>();
  private boolean bannerDue;
  private boolean draining;
  private boolean timing;
  private @Nullable Throwable fault;
  private @Nullable String ended;

  Connection(IoSession session, ClientConfig config, Client client, EventLoops loops) {
    this.session = session;
    this.config = config;
    this.client = client;
    this.loops = loops;
    bannerDue = config.protocol().correlation() == Correlation.IN_ORDER_AFTER_BANNER;
  }

  IoSession session() {
    return session;
  }

  CompletableFuture<Object> ask(Object message) {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    synchronized (this) {
      Exception refusal = refusal();
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      inFlight.add(new Ask(answer, System.nanoTime() + config.answerTimeout().toNanos()));
      WriteFuture written = session.write(message);
      if (written.getException() instanceof ProtocolEncoderException refused) {
        inFlight.removeLast(); // nothing was sent
        answer.completeExceptionally(refused.getCause());
        return answer;
      }
      startTimer();
    }
    return answer;
  }

  private @Nullable Exception refusal() {
    if (ended != null) {
      return new ConnectionLostException(ended);
    }
    if (draining) {
      return new ClientException("the client drains");
    }
    if (inFlight.size() >= config.maxInFlight()) {
      return new ClientException("in flight: " + inFlight.size() + " (expected: fewer)");
    }
    return config.protocol().correlation() == Correlation.NONE
        ? new ClientException("protocol " + config.protocol().name() + " has no answers to match")
        : null;
  }

  CompletableFuture<Void> send(Object message) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    session
        .write(message)
        .addListener(
            future -> {
              Throwable failure = ((WriteFuture) future).getException();
              if (failure == null) {
                sent.complete(null);
              } else {
                sent.completeExceptionally(
                    failure instanceof ProtocolEncoderException ? failure.getCause() : lost());
              }
            });
    return sent;
  }

  void received(Object frame) {
    Ask asked;
    synchronized (this) {
      asked = bannerDue ? null : inFlight.poll();
      bannerDue = false;
    }
    if (asked == null) {
      config.unasked().accept(frame);
    } else {
      asked.answer.complete(frame);
      endIfDrained();
    }
  }

  synchronized void faulted(Throwable cause) {
    if (fault == null) {
      fault = cause;
    }
  }

  /** The session is closed: all that is in flight fails. */
  void closed() {
    List<Ask> left;
    synchronized (this) {
      ended = reason();
      left = new ArrayList<>(inFlight);
      inFlight.clear();
    }
    for (Ask ask : left) {
      ask.answer.completeExceptionally(lost());
    }
    drained.complete(null);
    lost.complete(lost());
    client.lost(this);
  }

  private String reason() {
    if (fault instanceof ConnectionResetException) {
      return "connection lost: " + fault.getMessage();
    }
    if (fault instanceof FrameException) {
      return "the server sent what is no frame: " + fault.getMessage();
    }
    if (fault != null) {
      return "connection closed after " + fault;
    }
    return Input.of(session).isEnded() ? "connection closed by the server" : "connection closed";
  }

  private synchronized ConnectionLostException lost() {
    return new ConnectionLostException(ended == null ? "connection closed" : ended);
  }

  /** Completed with the reason when this connection has ended. */
  CompletableFuture<ConnectionLostException> whenLost() {
    return lost.copy();
  }

  synchronized int inFlight() {
    return (int) inFlight.stream().filter(ask -> !ask.answer.isDone()).count();
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

  /** One timer a connection: set for the oldest request, set again while there are any. */
  private void startTimer() {
    if (timing) {
      return;
    }
    for (Ask ask : inFlight) {
      if (!ask.answer.isDone()) {
        timing = true;
        long left = Math.max(0, ask.deadline - System.nanoTime());
        var unused = loops.schedule(this::timeOut, Duration.ofNanos(left));
        return;
      }
    }
  }

  private void timeOut() {
    List<Ask> late = new ArrayList<>();
    synchronized (this) {
      timing = false;
      long now = System.nanoTime();
      for (Ask ask : inFlight) {
        if (ask.deadline - now > 0) {
          break;
        }
        late.add(ask);
      }
    }
    for (Ask ask : late) {
      ask.answer.completeExceptionally(new AnswerTimeoutException(config.answerTimeout()));
    }
    synchronized (this) {
      startTimer();
    }
    endIfDrained();
  }
}
