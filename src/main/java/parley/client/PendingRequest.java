package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request and the future of its answer. It is settled once: answered, failed, or given up. A
 * timeout gives it up, and so does each way in which a caller can complete a CompletableFuture. A
 * settled request has freed its place in {@link Capacity} before its future completes, so that a
 * dependent of the future can send the next request.
 */
final class PendingRequest extends ClientFuture<Object> {

  private static final AtomicIntegerFieldUpdater<PendingRequest> SETTLED =
      AtomicIntegerFieldUpdater.newUpdater(PendingRequest.class, "settled");

  /** A longer timeout would overflow the clock's nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final Connection connection;
  private final Duration timeout;
  private final long made = System.nanoTime();
  private final long deadline;
  private volatile int settled;

  /** The key that finds its answer. Used on the connection's event loop. */
  @Nullable Object key;

  /** Its number in {@link AnswerTimeouts}, which guards it. */
  long number;

  PendingRequest(Connection connection, Duration timeout, Client client) {
    super(client);
    this.connection = connection;
    this.timeout = timeout;
    this.deadline = made + (timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout).toNanos();
  }

  Duration timeout() {
    return timeout;
  }

  /** As of System.nanoTime. */
  long made() {
    return made;
  }

  /** As of System.nanoTime. */
  long deadline() {
    return deadline;
  }

  /** Whether it was answered, failed or given up. */
  boolean isSettled() {
    return settled != 0;
  }

  private boolean settle() {
    boolean first = SETTLED.compareAndSet(this, 0, 1);
    if (first) {
      connection.settled(this);
    }
    return first;
  }

  /** Completes it with its answer, unless it was settled before. */
  void answered(Object frame) {
    if (settle()) {
      super.complete(frame);
    }
  }

  /** Fails it, unless it was settled before. */
  void failed(Throwable cause) {
    if (settle()) {
      super.completeExceptionally(cause);
    }
  }

  /** Fails it: the client is closed. */
  void closed() {
    failed(connection.lost());
  }

  void timedOut() {
    completeExceptionally(new AnswerTimeoutException(timeout));
  }

  private void giveUp() {
    if (settle()) {
      connection.givenUp(this);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    giveUp();
    return super.cancel(mayInterruptIfRunning);
  }

  @Override
  public boolean complete(Object value) {
    giveUp();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    giveUp();
    return super.completeExceptionally(failure);
  }

  @Override
  public CompletableFuture<Object> completeAsync(
      Supplier<? extends Object> supplier, Executor executor) {
    executor.execute(
        () -> {
          try {
            complete(supplier.get());
          } catch (Throwable thrown) { // as CompletableFuture does
            completeExceptionally(thrown);
          }
        });
    return this;
  }

  @Override
  public void obtrudeValue(Object value) {
    giveUp();
    super.obtrudeValue(value);
  }

  @Override
  public void obtrudeException(Throwable failure) {
    giveUp();
    super.obtrudeException(failure);
  }
}
