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
 * The answers of one session that are still to come, and those that wait for them. Answers get
 * their places on the handler's thread, in the order of their frames. Any thread may complete them.
 * They are written on the session's loop, in a turn, by one thread at a time and outside the lock,
 * so the order on the wire is the order of the places.
 */
final class PendingAnswers implements SessionState.Answers {

  /** Sends answers. */
  interface Writer {

    /**
     * Returns false if the session takes no answers, or this one cannot be encoded.
     *
     * @param read when its request was read, in the time of EventLoop.nanos; 0 if it is not timed
     */
    boolean write(Object answer, long read);
  }

  /**
   * The place of an answer among those of a session, from the delivery of its frame until it is
   * written. Compared by identity, because one future may answer two frames.
   */
  static final class Place {

    final AnswerHandler<?, ?> handler;
    final Object frame;
    final boolean inOrder;

    /** Whether it may time out before places that were added earlier. */
    final boolean hasOwnTimeout;

    final Duration timeout;
    private final int since;
    private final long read;
    private volatile @Nullable CompletableFuture<?> answer;
    private volatile boolean isFilledForGood;

    /**
     * Creates an empty place.
     *
     * @param handler the handler that answers
     * @param inOrder whether it waits for the places that were added before
     * @param since when the frame was delivered, in the time of EventLoop.now
     * @param read when it was read, in the time of EventLoop.nanos; 0 if it is not timed
     * @param ownTimeout how long it may stay empty, zero for no bound; null for the listener's
     *     timeout
     * @param timeout the listener's timeout
     */
    Place(
        AnswerHandler<?, ?> handler,
        Object frame,
        boolean inOrder,
        int since,
        long read,
        @Nullable Duration ownTimeout,
        Duration timeout) {
      this.handler = handler;
      this.frame = frame;
      this.inOrder = inOrder;
      this.since = since;
      this.read = read;
      this.hasOwnTimeout = ownTimeout != null;
      this.timeout = ownTimeout == null ? timeout : ownTimeout;
    }

    synchronized void fill(CompletableFuture<?> with) {
      if (!isFilledForGood) {
        answer = with;
      }
    }

    /**
     * Takes over an empty place, which only the result can fill then; returns null if it is filled.
     */
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

    /**
     * Returns the answer after it is complete, or null for none; throws the cause of its failure.
     */
    @Nullable Object answer() {
      CompletableFuture<?> its = answer;
      Object done = its == null ? null : its.join();
      return done instanceof Answer<?> decided ? AnswerHandler.opened(decided) : done;
    }

    /**
     * Returns whether its answer is complete and is written before those that were added earlier.
     */
    boolean overtakes() {
      CompletableFuture<?> its = answer;
      return !inOrder
          && its != null
          && its.isDone()
          && (its.isCompletedExceptionally() || !AnswerHandler.isLast(its.getNow(null)));
    }

    /** Schedules the check of a deadline for when this place has stayed empty for too long. */
    void dueBy(Deadline deadline) {
      deadline.dueAfter(since, timeout);
    }

    /** Returns the milliseconds until it has stayed empty for too long. */
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
  private @Nullable Place lastEmpty; // the last one dropped; under the lock
  private volatile boolean ended;

  /** Creates an empty set of places. */
  PendingAnswers(IoSession session, Writer writer) {
    this.session = session;
    this.writer = writer;
    this.deadline = new AnswerDeadline();
    this.gate = Input.of(session).gate(Input.Reason.ANSWERS_PENDING);
  }

  /** Returns whether an answer in order failed or was the last: no place may follow it. */
  @Override
  public boolean hasEnded() {
    return ended;
  }

  /** Returns whether there is a place; if not, all earlier answers are written. */
  @Override
  public boolean any() {
    return isAnyPlace()
        || asked.get() != 0; // in this order: a place is removed before it is written
  }

  private synchronized boolean isAnyPlace() {
    return !places.isEmpty();
  }

  /**
   * Adds a place after the existing ones. At {@link AnswerHandler#MAX_PENDING} places, frames wait
   * until half of them are gone.
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
      suspendIfFull(); // before the next frame is decoded
    }
  }

  /** Sets the future that fills a place. */
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

  /**
   * Writes all answers that may be written; if another thread is writing, it continues with these.
   */
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

  /** Removes and returns the next place to write, or null if there is none. */
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

  /** Writes one answer. Throws nothing, because the answers after it must still be written. */
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
      isWritten = !session.isClosing() && (answer == null || writer.write(answer, place.read));
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
      return EndReason.CLOSED; // the code that closes it reports the reason
    }
    return failure instanceof FrameException ? EndReason.REFUSED : EndReason.FAULT;
  }

  /** Writes the refusal instead of the failed answer. */
  private void refuse(Place place, FrameException cause) {
    try {
      writer.write(place.handler.refusal(session, cause).asLast(), 0);
    } catch (RuntimeException | Error thrown) {
      session.getFilterChain().fireExceptionCaught(thrown);
    }
  }

  /** Drops the places after a given one; all of them if it is null. */
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

  /** Returns the place that is, or will be, the first one empty for too long. */
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
   * Returns the place whose frame the handler had when the session ended. The handler's thread may
   * still be busy with it, and the end may wait for that thread.
   */
  private synchronized @Nullable Place emptyAtTheEnd() {
    return ended ? lastEmpty : null;
  }

  /**
   * Ends the session at a place that {@link Place#takeOver} took over; called on the loop's thread.
   */
  void endAt(Place place, CompletableFuture<Object> taken, Object last) {
    dropAfter(place);
    taken.complete(last);
    if (ended) {
      session.closeOnFlush(); // otherwise closing may wait for the handler's thread
    }
    write();
  }

  /** The deadline of the places: finds those that stay empty for too long. */
  private final class AnswerDeadline extends Deadline {

    /** The milliseconds until a place that was found late is checked again. */
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
