package parley.protocol;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.codec.FrameException;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Handover;
import parley.internal.loop.Input;
import parley.internal.loop.Overrides;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLimits;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.protocol.PendingAnswers.Place;
import parley.session.EndReason;

/**
 * Answers each frame with what {@link #answer} returns: the IoHandler of a protocol that only
 * answers. Answers leave in the order of their frames, also those that come later, unless {@link
 * #inOrder} says otherwise.
 *
 * <p>Once {@value #MAX_PENDING} answers of a session are pending, its further frames wait,
 * undecoded, until half of them are there. What {@code answer} throws, and a future that fails,
 * closes the session, and where answers keep their order none after it is sent. An answer that
 * takes longer than {@link #answerTimeout} ends the session at its place.
 *
 * <p>An answer is encoded straight into the write batch, without a WriteRequest and a WriteFuture,
 * where no filter above the codec has to do with messages; so {@link #messageSent} is not called
 * for it, unless a subclass overrides that method.
 *
 * @param <F> the type of the codec's frames
 */
public abstract class AnswerHandler<F> extends IoHandlerAdapter {

  /** How many answers of a session may be pending before its frames wait. */
  public static final int MAX_PENDING = 1024;

  /** An answer that is more than one message of the codec. */
  private sealed interface Compound permits Last, Several {}

  /** An answer after which the session closes; null for none. */
  private record Last(@Nullable Object answer) implements Compound {}

  /** Messages that are one answer. */
  private record Several(List<?> messages) implements Compound {}

  private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
  private static final CompletableFuture<@Nullable Object> NONE =
      CompletableFuture.completedFuture(null);

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);

  private final boolean tellsSent =
      Overrides.any(getClass(), IoHandlerAdapter.class, "messageSent");

  /** An AnswerHandler from a function of the session and the frame, such as a lambda. */
  public static <F> AnswerHandler<F> of(BiFunction<IoSession, F, @Nullable Object> answer) {
    return of(answer, true);
  }

  /** As {@link #of}, but each answer leaves when it is there: the client finds it by its key. */
  public static <F> AnswerHandler<F> inAnyOrder(BiFunction<IoSession, F, @Nullable Object> answer) {
    return of(answer, false);
  }

  private static <F> AnswerHandler<F> of(
      BiFunction<IoSession, F, @Nullable Object> answer, boolean inOrder) {
    return new AnswerHandler<>() {
      @Override
      protected @Nullable Object answer(IoSession session, F frame) {
        return answer.apply(session, frame);
      }

      @Override
      protected boolean inOrder() {
        return inOrder;
      }
    };
  }

  /**
   * Answers one frame. Called on the session's event loop, or on one of the {@code
   * executor-threads}; one frame at a time for a session. What takes long on the event loop returns
   * a future.
   *
   * @return a message for the codec, {@link #several} of them, {@link #last} of one, {@link #end},
   *     null for no answer, or a CompletionStage of one of these; after a {@code last} that comes
   *     later, frames are still taken until it comes, and get no answer if answers keep their order
   * @throws Exception any, and the session closes once what was written is sent
   */
  protected abstract @Nullable Object answer(IoSession session, F frame) throws Exception;

  /**
   * What the peer gets for input that is no frame, after all earlier answers and before the session
   * closes; null, the default, for nothing.
   */
  protected @Nullable Object refusal(IoSession session, FrameException cause) {
    return null;
  }

  /**
   * Whether an answer waits for those of earlier frames; true by default. Where it is false, a
   * {@link #last} answer and a refusal still wait for all of them.
   */
  protected boolean inOrder() {
    return true;
  }

  /**
   * How long the answer to a frame may take, from its delivery on; the time in which the frame
   * waits for a thread of {@code executor-threads} counts. Called on the session's event loop for
   * an answer that comes later; with {@code executor-threads} for each frame, on the event loop and
   * again on the frame's thread.
   *
   * @return up to 24 hours, a longer one counts as that; zero for no bound; null, the default, for
   *     the listener's {@code answer-timeout}
   */
  protected @Nullable Duration answerTimeout(IoSession session, F frame) {
    return null;
  }

  /**
   * Returns what the peer gets instead of an answer that did not come in time, after all earlier
   * answers and before the session closes; null, the default, for nothing. Called on the session's
   * event loop.
   */
  protected @Nullable Object timedOut(IoSession session, F frame) {
    return null;
  }

  /**
   * Marks an answer as the last one: the session takes no more input and closes after it.
   *
   * @param answer a message, {@link #several}, or null, as {@link #end}
   * @throws IllegalArgumentException for a future, of which a last answer may be the result, and
   *     for another last answer
   */
  public static Object last(@Nullable Object answer) {
    checkLast(answer);
    return new Last(answer);
  }

  private static void checkLast(@Nullable Object answer) {
    if (answer instanceof CompletionStage || answer instanceof Last) {
      throw new IllegalArgumentException("last answer: " + answer.getClass().getSimpleName());
    }
  }

  /** Returns the messages that {@link #last} would send; throws as it does. */
  static List<?> messagesOfLast(Object answer) {
    checkLast(answer);
    return answer instanceof Several several ? several.messages() : List.of(answer);
  }

  /** No answer, and the end: the session closes once all earlier answers are sent. */
  public static Object end() {
    return new Last(null);
  }

  /**
   * Makes one answer of several messages, which are sent one after the other with nothing between
   * them.
   *
   * @throws IllegalArgumentException if one of them is a future or has been made by this class
   */
  public static Object several(List<?> messages) {
    for (Object each : messages) {
      if (each instanceof CompletionStage || each instanceof Compound) {
        throw new IllegalArgumentException(
            "one of several messages: "
                + each.getClass().getSimpleName()
                + " (expected: a message for the codec)");
      }
    }
    return new Several(List.copyOf(messages));
  }

  @Override
  public final void messageReceived(IoSession session, Object frame) throws Exception {
    received(session, frame, WriteBatch.of(session));
  }

  private static @Nullable PendingAnswers pendingIfMade(IoSession session) {
    return (PendingAnswers) SessionState.of(session).answers();
  }

  private static PendingAnswers pendingOf(IoSession session) {
    PendingAnswers known = pendingIfMade(session);
    return known == null ? makePending(session) : known;
  }

  private static PendingAnswers makePending(IoSession session) {
    SessionState state = SessionState.of(session);
    synchronized (state) {
      PendingAnswers known = pendingIfMade(session);
      if (known == null) {
        known =
            new PendingAnswers(session, answer -> write(session, answer, WriteBatch.of(session)));
        state.setAnswers(known);
      }
      return known;
    }
  }

  private void received(IoSession session, Object frame, @Nullable WriteBatch batch)
      throws Exception {
    if (batch == null && Handover.isNeeded(session)) {
      receivedElsewhere(session, frame);
      return;
    }
    Object answer = answer(session, cast(frame));
    if (answer instanceof CompletionStage<?> later) {
      if (batch != null) {
        batch.takeNoAnswersAtOnce();
      }
      PendingAnswers pending = pendingOf(session);
      Place place = place(session, frame, EventLoop.now(session));
      pending.add(place);
      pending.fill(place, later.toCompletableFuture());
    } else if (answer != null
        && batch != null
        && batch.takesAnswersAtOnce()
        && !isLast(answer)
        && !(answer instanceof Several)) { // exact classes: an interface takes longer to ask for
      writeInBatch(session, answer, batch);
    } else if (answer != null) {
      answerNow(session, answer, batch);
    }
  }

  /** On a thread of an executor: the time from the delivery on counts, also if it never returns. */
  private void receivedElsewhere(IoSession session, Object frame) throws Exception {
    PendingAnswers pending = pendingOf(session);
    Place place = place(session, frame, Input.of(session).deliveredSince());
    pending.add(place);
    Input.of(session).placed();
    CompletableFuture<?> filling = NONE;
    try {
      Object answer = answer(session, cast(frame));
      if (isLast(answer)) {
        end(session, EndReason.LAST_ANSWER);
      }
      filling =
          answer instanceof CompletionStage<?> later
              ? later.toCompletableFuture()
              : CompletableFuture.completedFuture(answer);
    } finally {
      pending.fill(place, filling);
    }
  }

  @SuppressWarnings("unchecked")
  private F cast(Object frame) {
    return (F) frame;
  }

  private Place place(IoSession session, Object frame, int since) {
    return new Place(
        this,
        frame,
        inOrder(),
        since,
        ownTimeout(session, frame),
        SessionLimits.of(session).answerTimeout());
  }

  private @Nullable Duration ownTimeout(IoSession session, Object frame) {
    Duration own = answerTimeout(session, cast(frame));
    return own != null && own.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : own;
  }

  /** For the engine: returns how long it may take to answer a frame; zero for no bound. */
  public final Duration timeoutOf(IoSession session, Object frame) {
    Duration own = ownTimeout(session, frame);
    return own == null ? SessionLimits.of(session).answerTimeout() : own;
  }

  /** For the engine: ends a session whose frame has waited so long for the handler's thread. */
  public final void answerTimedOut(IoSession session, Object frame, Duration timeout) {
    PendingAnswers pending = pendingOf(session);
    Place place = new Place(this, frame, true, EventLoop.now(session), timeout, timeout);
    pending.add(place);
    late(session, pending, place);
  }

  /** Ends a session at a place that is still empty; called on its event loop. */
  void late(IoSession session, PendingAnswers pending, Place place) {
    CompletableFuture<Object> taken = place.takeOver(); // before timedOut, which may cancel a call
    if (taken == null) {
      return;
    }
    end(session, EndReason.ANSWER_TIMEOUT);
    SessionLifecycle.of(session)
        .logEnd(Level.WARN, "no answer within " + place.timeout.toMillis() + " ms");
    Object word = end();
    try {
      word = last(timedOut(session, cast(place.frame)));
    } catch (RuntimeException | Error e) {
      session.getFilterChain().fireExceptionCaught(e);
    }
    pending.endAt(place, taken, word);
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
    if (cause instanceof FrameException e) {
      Object refusal = refusal(session, e);
      if (refusal != null) {
        answerNow(session, last(refusal), WriteBatch.of(session));
      }
    } else if (session.getFilterChain().getAll().isEmpty()) {
      LOG.error("sessionClosed failed", cause); // the chain is gone: nobody else would say it
    }
  }

  private void answerNow(IoSession session, Object answer, @Nullable WriteBatch batch) {
    boolean last = isLast(answer);
    if (last) {
      end(session, EndReason.LAST_ANSWER);
    }
    boolean waits = last || inOrder();
    boolean isElsewhere = batch == null && Handover.isNeeded(session);
    PendingAnswers pending = isElsewhere ? pendingOf(session) : pendingIfMade(session);
    if (pending != null && waits && pending.hasEnded()) {
      return;
    }
    if (pending != null && (isElsewhere || (waits && pending.any()))) {
      Place place = new Place(this, answer, waits, 0, null, Duration.ZERO);
      pending.add(place);
      pending.fill(place, CompletableFuture.completedFuture(answer));
    } else {
      write(session, answer, batch);
    }
  }

  private static void end(IoSession session, EndReason reason) {
    SessionLifecycle.of(session).beginEnd(reason, SessionLifecycle.QueuedFrames.DROPPED);
  }

  static boolean isLast(@Nullable Object answer) {
    return answer instanceof Last;
  }

  private static boolean write(
      IoSession session, @Nullable Object answer, @Nullable WriteBatch batch) {
    if (answer instanceof CompletionStage) {
      throw new IllegalStateException("answer: a future of a future (expected: of an answer)");
    }
    if (answer instanceof Last last) {
      end(session, EndReason.LAST_ANSWER);
      boolean sent = write(session, last.answer(), batch);
      session.closeOnFlush();
      return sent;
    }
    if (answer instanceof Several several) {
      return writeSeveral(session, several.messages(), batch);
    }
    return answer == null || writeInBatch(session, answer, batch);
  }

  private static boolean writeSeveral(
      IoSession session, List<?> messages, @Nullable WriteBatch batch) {
    AtomicBoolean sent = new AtomicBoolean();
    Handover.undisturbed(
        session,
        () -> sent.set(messages.stream().allMatch(each -> writeInBatch(session, each, batch))));
    return sent.get();
  }

  /** Writes into the batch if one is open, otherwise as MINA does; returns whether it is sent. */
  private static boolean writeInBatch(
      IoSession session, Object answer, @Nullable WriteBatch batch) {
    if (session.isClosing()) {
      return false;
    }
    try {
      return (batch != null && batch.answer(answer))
          || session.write(answer).getException() == null;
    } catch (Exception e) {
      session.getFilterChain().fireExceptionCaught(new ProtocolEncoderException(e));
      return false;
    }
  }

  /** For the engine: whether {@code messageSent} is called for answers. */
  public final boolean tellsSent() {
    return tellsSent;
  }
}
