package parley.protocol;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;
import parley.internal.loop.Deadline;
import parley.internal.loop.Handover;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionState;
import parley.session.EndReason;

/**
 * Holds the answers of one session that are still to come, and those that wait for them. Answers
 * get their places on the handler's thread, in the order of their frames, and are completed on any
 * thread. They are written on the session's loop, in a turn, by one thread at a time and outside
 * the lock, so the order of the wire is that of the places.
 */
final class PendingAnswers implements SessionState.Answers {

  /** Sends answers. */
  interface Writer {

    /** Returns false if the session takes none, or this one cannot be encoded. */
    boolean write(Object answer);
  }

  /**
   * The place of an answer among those of a session, from the delivery of its frame to its writing.
   * Compared by identity: one future may answer two frames.
   */
  static final class Place {

    final AnswerHandler<?, ?> handler;
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
    Place(
        AnswerHandler<?, ?> handler,
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
      Object done = its == null ? null : its.join();
      return done instanceof Answer<?> decided ? AnswerHandler.opened(decided) : done;
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

  private final IoSession session;
  private final Writer writer;
  private final Set<Place> places = new LinkedHashSet<>(); // under the lock
  private final Queue<Place> overtaking = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AnswerDeadline deadline;
  private final Input.Gate gate; // on the loop's thread
  private int withOwnTimeout; // under the lock
  private @Nullable Place lastEmpty; // that was dropped; under the lock
  private volatile boolean ended;

  /** None yet. */
  PendingAnswers(IoSession session, Writer writer) {
    this.session = session;
    this.writer = writer;
    this.deadline = new AnswerDeadline();
    this.gate = Input.of(session).gate(Input.Reason.ANSWERS_PENDING);
  }

  /** Whether an answer in order has failed or was the last: nothing may take a place after it. */
  @Override
  public boolean hasEnded() {
    return ended;
  }

  /** Whether there is one; when there is none, all that were are written. */
  @Override
  public boolean any() {
    return isAnyPlace() || asked.get() != 0; // in this order: one is taken out, and then written
  }

  private synchronized boolean isAnyPlace() {
    return !places.isEmpty();
  }

  /**
   * Adds a place, after those that were added before. At {@link AnswerHandler#MAX_PENDING} of them
   * frames wait, until half are gone.
   */
  void add(Place place) {
    InFlight.of(session).enter();
    synchronized (this) {
      places.add(place);
      withOwnTimeout += place.hasOwnTimeout ? 1 : 0;
    }
    place.dueBy(deadline);
    if (Handover.isNeeded(session)) {
      write();
    } else {
      suspendIfFull(); // at once: the next frame is not decoded then
    }
  }

  /** Says what fills a place. */
  void fill(Place place, CompletableFuture<?> answer) {
    place.fill(answer);
    var unused = answer.whenComplete((done, failure) -> completed(place));
  }

  private void completed(Place place) {
    if (place.overtakes()) {
      overtaking.add(place);
    }
    write();
  }

  /** Writes what can be; if another thread does, it writes this, too. */
  private void write() {
    if (asked.getAndIncrement() == 0) {
      Handover.run(session, this::writeAll);
    }
  }

  private void writeAll() {
    for (int seen = asked.get(); seen != 0; seen = asked.addAndGet(-seen)) {
      for (Place next = next(); next != null; next = next()) {
        write(next);
        InFlight.of(session).leave();
      }
      if (ended) {
        dropAfter(null);
      }
      suspendIfFull();
    }
  }

  /** The next one to write, taken out. */
  private @Nullable Place next() {
    for (Place place = overtaking.poll(); place != null; place = overtaking.poll()) {
      if (remove(place)) {
        return place;
      }
    }
    synchronized (this) {
      Place eldest = places.isEmpty() ? null : places.iterator().next();
      return eldest != null && eldest.isDone() && remove(eldest) ? eldest : null;
    }
  }

  private synchronized boolean remove(Place place) {
    boolean removed = places.remove(place);
    withOwnTimeout -= removed && place.hasOwnTimeout ? 1 : 0;
    return removed;
  }

  private void suspendIfFull() {
    int size;
    synchronized (this) {
      size = places.size();
    }
    gate.update(size, AnswerHandler.MAX_PENDING - 1, AnswerHandler.MAX_PENDING / 2);
  }

  /** Throws nothing, as the answers after this one must go on. */
  private void write(Place place) {
    if (ended && place.inOrder) {
      return;
    }
    Throwable failure = null;
    boolean isWritten = false;
    boolean isLast = false;
    try {
      Object answer = session.isClosing() ? null : place.answer();
      isLast = AnswerHandler.isLast(answer);
      isWritten = !session.isClosing() && (answer == null || writer.write(answer));
    } catch (CompletionException thrown) {
      failure = thrown.getCause() == null ? thrown : thrown.getCause();
    } catch (RuntimeException | Error thrown) {
      failure = thrown;
    }
    if (isLast || (!isWritten && place.inOrder)) {
      ended = true; // before a handler is notified of the failure and writes a refusal
      SessionLifecycle.of(session)
          .beginEnd(
              isLast ? EndReason.LAST_ANSWER : reason(failure),
              SessionLifecycle.QueuedFrames.DROPPED);
    }
    if (failure instanceof FrameException refused && place.inOrder) {
      refuse(place, refused);
    }
    if (failure != null) {
      session.getFilterChain().fireExceptionCaught(failure);
    }
  }

  private EndReason reason(@Nullable Throwable failure) {
    if (failure == null && session.isClosing()) {
      return EndReason.CLOSED; // who closes it has said so, or is about to
    }
    return failure instanceof FrameException ? EndReason.REFUSED : EndReason.FAULT;
  }

  /** Writes the refusal in the failed answer's place. */
  private void refuse(Place place, FrameException cause) {
    try {
      writer.write(place.handler.refusal(session, cause).asLast());
    } catch (RuntimeException | Error thrown) {
      session.getFilterChain().fireExceptionCaught(thrown);
    }
  }

  /** Drops the places after one, or all. */
  private void dropAfter(@Nullable Place last) {
    int dropped = 0;
    synchronized (this) {
      boolean drops = last == null;
      for (Iterator<Place> all = places.iterator(); all.hasNext(); ) {
        Place next = all.next();
        if (drops) {
          all.remove();
          withOwnTimeout -= next.hasOwnTimeout ? 1 : 0;
          dropped++;
          lastEmpty = next.isDone() ? lastEmpty : next;
        }
        drops |= next == last;
      }
    }
    for (; dropped > 0; dropped--) {
      InFlight.of(session).leave();
    }
  }

  /** The place that is, or will be, the first to have stayed empty for too long. */
  private synchronized @Nullable Place nextLate(int now) {
    Place next = null;
    for (Place place : places) {
      if (!place.isDone() && (next == null || place.left(now) < next.left(now))) {
        next = place;
      }
      if (next != null && (withOwnTimeout == 0 || next.left(now) <= 0)) {
        return next; // the others came later
      }
    }
    return next;
  }

  /**
   * The place that the handler was given a frame for when this ended: its thread may be in there
   * still, and the end wait for that thread.
   */
  private synchronized @Nullable Place emptyAtTheEnd() {
    return ended ? lastEmpty : null;
  }

  /**
   * Ends the session at a place that {@link Place#takeOver} has given; called on the loop's thread.
   */
  void endAt(Place place, CompletableFuture<Object> taken, Object last) {
    dropAfter(place);
    taken.complete(last);
    if (ended) {
      session.closeOnFlush(); // what is to close it may wait for the handler's thread
    }
    write();
  }

  /** Checks the places for those that stay empty for too long. */
  private final class AnswerDeadline extends Deadline {

    /** Milliseconds until another check of a place that has just been found late. */
    private static final int SOON = 5;

    AnswerDeadline() {
      super(PendingAnswers.this.session);
    }

    @Override
    protected int check(int now) {
      Place last = emptyAtTheEnd();
      int leftOfEnd = last == null ? NEVER : last.left(now);
      if (leftOfEnd <= 0) {
        session.closeOnFlush();
        return NEVER;
      }
      Place next = nextLate(now);
      int left = next == null ? NEVER : next.left(now);
      if (next != null && left <= 0) {
        Handover.run(session, () -> next.handler.late(session, PendingAnswers.this, next));
        left = SOON;
      }
      return Math.min(left, leftOfEnd);
    }
  }
}
