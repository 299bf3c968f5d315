package parley.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.SessionLifecycle.Mark;

/**
 * Hands what other threads do to a session over to its event loop, in their order: a write, a
 * close, answers that have come. So filters below the codec, encoders and the bounds run on one
 * thread, and no lock is held while they do.
 *
 * <p>The loop takes what is there by then, in a {@link WriteBatch} of the session, at most {@value
 * #MOST} at a time, and leaves the rest to its next round; before a write or close of its own it
 * takes all. A write counts as waiting to be sent from its handover on: a session above its bound
 * takes no more. Unless stated otherwise, any thread may call.
 */
public final class Handover {

  private static final int MOST = 1024;

  /**
   * One step.
   *
   * @param request what it writes, which fails if the session ends before; null for other steps
   */
  private record Step(Runnable action, @Nullable WriteRequest request, long cost) {}

  private final IoSession session;
  private final WriteQueue queue;
  private final Outbound outbound;
  private final Queue<Step> steps = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private boolean running; // on the loop's thread
  private int due; // on the loop's thread: what the run at hand still takes

  Handover(IoSession session, WriteQueue queue, Outbound outbound) {
    this.session = session;
    this.queue = queue;
    this.outbound = outbound;
  }

  /**
   * Whether the caller has to hand over what it does to a session: it is not on its loop. Nothing
   * is handed over to a loop that a session has left: it may have no thread any more.
   */
  public static boolean isNeeded(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    return loop != null && !loop.isLoopThread() && !SessionLifecycle.of(session).has(Mark.NOTIFIED);
  }

  /**
   * Hands a write over; it fails, without its action, if the session ends before the loop comes to
   * it, or has more waiting to be sent than its bound allows.
   *
   * @param action passes the request down the chain, on the loop
   */
  public static void write(IoSession session, WriteRequest request, Runnable action) {
    WriteQueue own = WriteQueue.of(session);
    if (own == null) {
      action.run();
      return;
    }
    Outbound outbound = own.outbound();
    long cost = Outbound.REQUEST_COST + outbound.sizeOf(request.getMessage());
    if (outbound.takes(cost)) {
      own.handover().add(new Step(action, request, cost));
      outbound.handedOver(cost);
    } else {
      own.fail(request);
    }
  }

  /**
   * Runs an action in a turn of a session: now, if the caller is in one, or if the session has no
   * event loop; otherwise on its loop, after what was handed over before. Inside an encoder, too,
   * it has to wait: half a message is in the turn.
   */
  public static void run(IoSession session, Runnable action) {
    WriteQueue own = WriteQueue.of(session);
    WriteBatch batch = WriteBatch.of(session);
    boolean isInBatch = batch != null && !batch.isEncoding();
    if (own == null || EventLoop.of(session) == null || isInBatch) {
      action.run();
    } else {
      own.handover().add(action, 0);
    }
  }

  /**
   * Runs an action after what was handed over until now, and lets what is handed over meanwhile
   * wait for its end: what it writes has nothing of others in between. Called on the loop's thread.
   */
  public static void undisturbed(IoSession session, Runnable action) {
    WriteQueue own = WriteQueue.of(session);
    if (own == null || EventLoop.of(session) == null) {
      action.run();
    } else {
      own.handover().runUndisturbed(action);
    }
  }

  /** Does what was handed over until now, before the loop's thread itself writes or closes. */
  public static void runBefore(IoSession session) {
    WriteQueue own = WriteQueue.of(session);
    if (own != null && own.hasHandedOver()) {
      own.handover().runWaiting();
    }
  }

  /** Hands over an action that adds a number of bytes to the queue. */
  void add(Runnable action, long queues) {
    add(new Step(action, null, queues));
  }

  private void add(Step step) {
    outbound.handsOver(step.cost);
    steps.add(step);
    size.incrementAndGet();
    schedule();
    if (SessionLifecycle.of(session).has(Mark.NOTIFIED)) {
      while (failSome(MOST)) {} // the loop may have no thread any more
    }
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      EventLoop.onLoopOf(session, this::runRound);
    }
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** On the loop's thread, between two turns. */
  private void runRound() {
    scheduled.set(false);
    due = Math.min(size.get(), outbound.isOver() ? WriteQueue.SHARE : MOST);
    if (due > 0) {
      EngineEvent.HANDED_OVER.fire(session);
    }
    run(); // of a chain that has no codec, or holds the session back
    outbound.weigh();
    if (!steps.isEmpty()) {
      schedule();
    }
  }

  private void runWaiting() {
    WriteBatch batch = WriteBatch.of(session);
    boolean isEncoding = batch != null && batch.isEncoding(); // then the caller's write is refused
    if (!running && !isEncoding) { // else it is part of a step, and what is left comes after it
      due = size.get();
      run();
    }
  }

  private void runUndisturbed(Runnable action) {
    runWaiting();
    boolean before = running;
    running = true;
    try {
      action.run();
    } finally {
      running = before;
    }
  }

  /** Takes the steps that are due. Called on the loop's thread, in a turn. */
  public static void runDue(IoSession session) {
    WriteQueue own = WriteQueue.of(session);
    if (own != null) {
      own.handover().run();
    }
  }

  private void run() {
    running = true;
    try {
      for (; due > 0; due--) {
        Step step = take();
        if (step != null) {
          run(step);
        }
      }
    } finally {
      running = false;
    }
  }

  private @Nullable Step take() {
    Step step = steps.poll();
    if (step != null) {
      size.decrementAndGet();
      outbound.taken(step.cost);
    }
    return step;
  }

  private void run(Step step) {
    if (step.request != null && outbound.isOver()) {
      queue.fail(step.request);
      return;
    }
    try {
      step.action.run();
    } catch (RuntimeException | Error thrown) {
      if (step.request != null) {
        step.request.getFuture().setException(thrown);
      }
      session.getFilterChain().fireExceptionCaught(thrown);
    }
  }

  /** Fails the writes of a session that is cut, and leaves its other steps to its loop. */
  void failWrites() {
    PluginContext.of(session).run(() -> failWrites(size.get()));
  }

  private void failWrites(int count) {
    for (int left = count; left > 0; left--) {
      Step step = take();
      if (step == null) {
        return;
      }
      if (step.request == null) {
        add(step);
      } else {
        queue.fail(step.request);
      }
    }
  }

  /**
   * Fails the writes of a session that has ended, and takes the other steps, some at a time;
   * returns whether more are left.
   */
  boolean failSome(int most) {
    for (int left = most; left > 0; left--) {
      Step step = take();
      if (step == null) {
        return false;
      }
      run(step);
    }
    return true;
  }
}
