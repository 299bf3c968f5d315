package parley.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.apache.mina.core.session.IoSession;
import parley.transport.InFlight;
import parley.transport.Input;

/**
 * Holds the answers of one session that are still to come, and those that wait for them. Answers
 * are added on the session's event loop and completed on any thread.
 */
final class PendingAnswers {

  /** Compared by identity: one future may answer two frames. */
  private static final class Pending {

    final CompletableFuture<?> answer;
    final boolean inOrder;

    Pending(CompletableFuture<?> answer, boolean inOrder) {
      this.answer = answer;
      this.inOrder = inOrder;
    }

    boolean isDone() {
      return answer.isDone();
    }

    /** Whether it is written before those that were added earlier. */
    boolean overtakes() {
      return !inOrder
          && (answer.isCompletedExceptionally() || !AnswerHandler.isLast(answer.getNow(null)));
    }
  }

  private final IoSession session;
  private final Predicate<Object> write;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private boolean full;
  private boolean failed;

  /**
   * None yet.
   *
   * @param write sends an answer, or returns false: it cannot be encoded
   */
  PendingAnswers(IoSession session, Predicate<Object> write) {
    this.session = session;
    this.write = write;
  }

  /** Whether an answer in order has failed: then nothing behind it may take its place. */
  synchronized boolean hasFailed() {
    return failed;
  }

  /** Whether there is one; when there is none, all that were are written. */
  synchronized boolean any() {
    return !queue.isEmpty();
  }

  /**
   * Adds one. At {@link AnswerHandler#MAX_PENDING} reading is suspended, until half are gone.
   *
   * @param inOrder whether it waits for those that were added before
   */
  void add(CompletableFuture<?> answer, boolean inOrder) {
    Pending pending = new Pending(answer, inOrder);
    synchronized (this) {
      if (failed) {
        return;
      }
      InFlight.of(session).enter();
      queue.add(pending);
      if (!full && queue.size() >= AnswerHandler.MAX_PENDING) {
        full = true;
        Input.of(session).suspend(Input.Reason.ANSWERS_PENDING);
      }
    }
    var unused = answer.whenComplete((done, failure) -> completed(pending));
  }

  /** Writes under the lock: two threads that complete answers keep their order. */
  private void completed(Pending pending) {
    int left = 0;
    synchronized (this) {
      if (pending.overtakes() && queue.remove(pending)) {
        left++;
        write(pending.answer);
      }
      while (!queue.isEmpty() && queue.element().isDone()) {
        Pending head = queue.remove();
        left++;
        if (head.inOrder && head.answer.isCompletedExceptionally()) {
          left += fail();
        }
        if (!write(head.answer) && head.inOrder) {
          left += fail();
        }
      }
      if (full && queue.size() <= AnswerHandler.MAX_PENDING / 2) {
        full = false;
        Input.of(session).resume(Input.Reason.ANSWERS_PENDING);
      }
    }
    for (; left > 0; left--) {
      InFlight.of(session).leave();
    }
  }

  /** Drops those that are left, and returns how many. */
  private int fail() {
    failed = true;
    int dropped = queue.size();
    queue.clear();
    return dropped;
  }

  /** Returns whether it was sent; throws nothing, as the answers behind this one must go on. */
  private boolean write(CompletableFuture<?> done) {
    if (session.isClosing()) {
      return false;
    }
    try {
      Object answer = done.join();
      return answer == null || write.test(answer);
    } catch (CompletionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      session.getFilterChain().fireExceptionCaught(cause);
    } catch (RuntimeException | Error failed) {
      session.getFilterChain().fireExceptionCaught(failed);
    }
    return false;
  }
}
