package parley.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A future that a client returns. It reports a {@code join} or {@code get} that blocks the client's
 * own event loop, and so do all futures derived from it.
 */
class ClientFuture<T> extends CompletableFuture<T> {

  private final Client<?, ?> client;

  ClientFuture(Client<?, ?> client) {
    this.client = client;
  }

  /**
   * Completes this future with the result of another one, but not the other with the result of this
   * one.
   */
  ClientFuture<T> completeAs(CompletableFuture<? extends T> other) {
    var unused =
        other.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                complete(value);
              } else {
                completeExceptionally(unwrap(failure));
              }
            });
    return this;
  }

  /** Returns the failure of a CompletableFuture without its wrapper. */
  static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new ClientFuture<>(client);
  }

  private void beforeBlocking() {
    if (!isDone()) {
      client.blocks();
    }
  }

  @Override
  public T join() {
    beforeBlocking();
    return super.join();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    beforeBlocking();
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    beforeBlocking();
    return super.get(timeout, unit);
  }
}
