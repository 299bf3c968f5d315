package parley.protocol;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Deadline;

/**
 * The place of an answer among those of a session, from the delivery of its frame to its writing.
 * Compared by identity: one future may answer two frames.
 */
final class AnswerPlace {

  final AnswerHandler<?> handler;
  final Object frame;
  final boolean inOrder;

  /** Whether it may be due before others that were added earlier. */
  final boolean hasOwnTimeout;

  final Duration timeout;
  private final int since;
  private volatile @Nullable CompletableFuture<?> answer;
  private volatile boolean isFilledForGood;

  /**
   * An empty one.
   *
   * @param handler whose answer it is for
   * @param inOrder whether it waits for those that were added before
   * @param since when the frame was delivered, as of EventLoop.now
   * @param ownTimeout how long it may stay empty, zero for no bound; null for the listener's
   * @param timeout the listener's
   */
  AnswerPlace(
      AnswerHandler<?> handler,
      Object frame,
      boolean inOrder,
      int since,
      @Nullable Duration ownTimeout,
      Duration timeout) {
    this.handler = handler;
    this.frame = frame;
    this.inOrder = inOrder;
    this.since = since;
    this.hasOwnTimeout = ownTimeout != null;
    this.timeout = ownTimeout == null ? timeout : ownTimeout;
  }

  synchronized void fill(CompletableFuture<?> with) {
    if (!isFilledForGood) {
      answer = with;
    }
  }

  /** Takes an empty place over: only the result fills it now. Returns null if it is filled. */
  synchronized @Nullable CompletableFuture<Object> takeOver() {
    if (isFilledForGood || isDone()) {
      return null;
    }
    isFilledForGood = true;
    CompletableFuture<Object> taken = new CompletableFuture<>();
    answer = taken;
    return taken;
  }

  boolean isDone() {
    CompletableFuture<?> its = answer;
    return its != null && its.isDone();
  }

  /** The answer, once it is there, which may be null for none; throws what it failed with. */
  @Nullable Object answer() {
    CompletableFuture<?> its = answer;
    return its == null ? null : its.join();
  }

  /** Whether its answer is there, and is written before those that were added earlier. */
  boolean overtakes() {
    CompletableFuture<?> its = answer;
    return !inOrder
        && its != null
        && its.isDone()
        && (its.isCompletedExceptionally() || !AnswerHandler.isLast(its.getNow(null)));
  }

  /** Has a deadline checked when it has stayed empty for too long. */
  void dueBy(Deadline deadline) {
    deadline.dueAfter(since, timeout);
  }

  /** Milliseconds until it has stayed empty for too long. */
  int left(int now) {
    return Deadline.left(since, timeout, now);
  }
}
