package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request and the future of its answer. It is settled once: answered, failed or given up. A
 * timeout gives it up, and so does any caller that completes its future. A settled request frees
 * its place in {@link Capacity} before its future completes, so that a dependent of the future can
 * send the next request.
 */
final class PendingRequest extends ClientFuture<Object> {

  private static final int THREADS = 8;
  private static final int MOST_THREADS = 256;

  /**
   * The threads on which the requests of all clients of this JVM time out. A blocked event loop
   * must not delay timeouts, and dependents must not block the timer or each other. There are
   * {@value #THREADS} threads. While dependents block threads in a CompletableFuture, there are up
   * to {@value #MOST_THREADS}.
   */
  static final ForkJoinPool TIMEOUTS =
      new ForkJoinPool(
          THREADS,
          pool -> {
            var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            thread.setName("parley-timeout");
            return thread;
          },
          null,
          true,
          0,
          MOST_THREADS,
          THREADS,
          any -> true, // at MOST_THREADS, a join blocks one of them
          10,
          TimeUnit.SECONDS);

  /** The longest timeout; a longer one would overflow the clock's nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(365);

  final Duration timeout;
  final long made = System.nanoTime();
  final long deadline; // in the time of System.nanoTime
  private final Connection connection;

  @Nullable Object key; // finds its answer; on the connection's event loop
  long number; // in Capacity, under its lock
  volatile boolean settled; // set by Capacity, before its future completes

  PendingRequest(Connection connection, Duration timeout) {
    super(connection.client);
    this.connection = connection;
    this.timeout = timeout;
    this.deadline = made + (timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout).toNanos();
  }

  private boolean settle() {
    return connection.capacity.settle(this);
  }

  /** Completes it with its answer; returns false if it was already settled. */
  boolean answered(Object frame) {
    return settle() && super.complete(frame);
  }

  /** Fails it, unless it was already settled. */
  void failed(Throwable cause) {
    if (settle()) {
      super.completeExceptionally(cause);
    }
  }

  /** Fails it on another thread, unless it was already settled. */
  void failedElsewhere() {
    elsewhere(() -> failed(connection.lost()));
  }

  /** Fails it on another thread, after {@link Capacity} settled it because it timed out. */
  void timedOut() {
    elsewhere(
        () -> {
          connection.givenUp(this);
          super.completeExceptionally(new AnswerTimeoutException(timeout));
        });
  }

  private void elsewhere(Runnable completion) {
    TIMEOUTS.execute(() -> connection.client.context.run(completion));
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
    return completeAs(supplyAsync(supplier, executor));
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
