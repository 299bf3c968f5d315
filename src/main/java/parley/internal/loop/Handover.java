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
 * Hands other threads' actions on a session over to its event loop, in their order: a write, a
 * close, later answers. So filters below the codec, encoders and limits run on one thread, and no
 * lock is held while they do.
 *
 * <p>The loop takes the waiting steps in a {@link WriteBatch} of the session, at most {@value
 * #MOST} at a time, and leaves the rest to its next round. Before a write or close of its own it
 * takes all. A write counts as waiting to be sent as soon as it is handed over; a session above its
 * limit accepts no more. Unless stated otherwise, any thread may call these methods.
 */
public final class Handover {

  private static final int MOST = 1024;

  /**
   * One step.
   *
   * @param request the request that it writes, which fails if the session ends before; null for
   *     other steps
   */
  private record Step(Runnable action, @Nullable WriteRequest request, long cost) {}

  private final IoSession session;
  private final WriteQueue queue;
  private final Outbound outbound;
  private final Queue<Step> steps = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private boolean running; // on the event-loop thread
  private int due; // on the event-loop thread: the steps that the current run still takes

  Handover(IoSession session, WriteQueue queue, Outbound outbound) {
    this.session = session;
    this.queue = queue;
    this.outbound = outbound;
  }

  /**
   * Returns whether the caller must hand over its actions on a session, because it is not on the
   * session's loop. Nothing is handed over to a loop that a session has left: that loop may have no
   * thread any more.
   */
  public static boolean isNeeded(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    return loop != null && !loop.isLoopThread() && !SessionLifecycle.of(session).has(Mark.NOTIFIED);
  }

  /**
   * Hands a write over. It fails without running its action if the session ends first, or has more
   * data waiting to be sent than its limit allows.
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
   * Runs an action in a turn of a session: now, if the caller is in one or the session has no event
   * loop; otherwise on its loop, after earlier steps. Inside an encoder the action has to wait too,
   * because the turn holds half a message.
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
   * Runs an action after all steps handed over so far. Steps that are handed over meanwhile wait
   * for its end, so nothing of others comes between its writes. Called on the event-loop thread.
   */
  public static void undisturbed(IoSession session, Runnable action) {
    WriteQueue own = WriteQueue.of(session);
    if (own == null || EventLoop.of(session) == null) {
      action.run();
    } else {
      own.handover().runUndisturbed(action);
    }
  }

  /** Runs the steps handed over so far, before the loop's thread itself writes or closes. */
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

  /** Runs on the event-loop thread, between two turns. */
  private void runRound() {
    scheduled.set(false);
    due = Math.min(size.get(), outbound.isOver() ? WriteQueue.SHARE : MOST);
    if (due > 0) {
      EngineEvent.HANDED_OVER.fire(session);
    }
    run(); // for a chain that has no codec or holds the session back
    outbound.weigh();
    if (!steps.isEmpty()) {
      schedule();
    }
  }

  private void runWaiting() {
    WriteBatch batch = WriteBatch.of(session);
    boolean isEncoding = batch != null && batch.isEncoding(); // then the write is refused
    if (!running && !isEncoding) { // otherwise it is part of a step
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

  /** Runs the steps that are due. Called on the event-loop thread, in a turn. */
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
   * Fails the writes of an ended session and runs its other steps, some at a time; returns whether
   * more are left.
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
