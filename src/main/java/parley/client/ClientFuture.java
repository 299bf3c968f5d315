package parley.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A future that a client returns. It and all futures derived from it report a {@code join} or
 * {@code get} that blocks the client's own event loop.
 */
class ClientFuture<T> extends CompletableFuture<T> {

  private final Client client;

  ClientFuture(Client client) {
    this.client = client;
  }

  /** A copy of a future: completing the copy does not complete the original. */
  static <T> ClientFuture<T> copyOf(CompletableFuture<T> original, Client client) {
    ClientFuture<T> copy = new ClientFuture<>(client);
    var unused =
        original.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                copy.complete(value);
              } else {
                copy.completeExceptionally(Connector.unwrap(failure));
              }
            });
    return copy;
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
