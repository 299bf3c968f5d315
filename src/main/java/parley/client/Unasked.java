package parley.client;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Hands on the frames of one connection that answer no request: to a caller that waits for one, or
 * otherwise to the listener. Any thread may call, unless it says otherwise.
 */
final class Unasked {

  private final Consumer<Object> listener;
  private final Loss loss;
  private final OwnLoop ownLoop;
  private final Queue<CompletableFuture<Object>> waiting = new ConcurrentLinkedQueue<>();

  Unasked(Consumer<Object> listener, Loss loss, OwnLoop ownLoop) {
    this.listener = listener;
    this.loss = loss;
    this.ownLoop = ownLoop;
  }

  /** The next such frame; fails when the connection ends. */
  CompletableFuture<Object> next() {
    ClientFuture<Object> next = new ClientFuture<>(ownLoop);
    waiting.add(next);
    if (loss.hasHappened()) {
      end();
    }
    return next;
  }

  /** Hands on a frame. On the loop. */
  void received(Object frame) {
    for (CompletableFuture<Object> next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.complete(frame)) {
        return;
      }
    }
    listener.accept(frame);
  }

  /** Fails all waiting callers, after the end of the connection. */
  void end() {
    for (CompletableFuture<Object> next = waiting.poll(); next != null; next = waiting.poll()) {
      next.completeExceptionally(loss.exception());
    }
  }
}
