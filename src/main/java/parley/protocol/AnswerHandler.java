package parley.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.codec.FrameException;
import parley.internal.loop.AnswerAccess;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Handover;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLimits;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.protocol.PendingAnswers.Place;
import parley.session.EndReason;

/**
 * A handler that answers each frame with the result of {@link #answer}. Answers leave in the order
 * of their frames, including those that come later, unless {@link #inOrder} returns false.
 *
 * <p>At {@value #MAX_PENDING} pending answers, the session's further frames wait undecoded until at
 * most half of the answers are pending. An exception from {@code answer}, or a future that fails,
 * closes the session. If answers keep their order, none is sent after the failed one. An answer
 * that takes longer than {@link #answerTimeout} ends the session at its place in the order.
 *
 * <p>An answer is encoded directly into the write batch, without a WriteRequest or a WriteFuture,
 * unless a filter above the codec handles messages. Therefore {@link #messageSent} is called for an
 * answer only if {@link #reportsSent} returns true.
 *
 * @param <Q> the type of the requests, which are the frames of the codec
 * @param <A> the type of the answers, which the codec encodes
 */
public abstract class AnswerHandler<Q, A> extends IoHandlerAdapter {

  /** The number of pending answers at which a session's further frames wait. */
  public static final int MAX_PENDING = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
  private static final CompletableFuture<@Nullable Object> NONE =
      CompletableFuture.completedFuture(null);

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);

  static {
    AnswerAccess.set(new Access());
  }

  /**
   * Returns a handler that answers each frame at once.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns the answer to a request, or null for none
   * @return the handler; its answers keep the order of their frames
   */
  public static <Q, A> AnswerHandler<Q, A> of(Function<? super Q, ? extends @Nullable A> answer) {
    return of((session, request) -> answer.apply(request));
  }

  /**
   * Returns a handler that answers each frame at once and sees the session.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns the answer to a session's request, or null for none
   * @return the handler; its answers keep the order of their frames
   */
  public static <Q, A> AnswerHandler<Q, A> of(
      BiFunction<IoSession, ? super Q, ? extends @Nullable A> answer) {
    return new AnswerHandler<>() {
      @Override
      protected Answer<A> answer(IoSession session, Q request) {
        throw new UnsupportedOperationException(
            "answer: not supported (a function answers for this handler)");
      }

      @Override
      @Nullable Object answered(IoSession session, Q request) {
        Object message = answer.apply(session, request);
        if (message instanceof CompletableFuture) { // possible only with unchecked types
          throw new IllegalStateException(
              "answer is a CompletableFuture (expected: a message;"
                  + " use AnswerHandler.later for a future)");
        }
        return message;
      }
    };
  }

  /**
   * Returns a handler that answers each frame later.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns a stage of the answer to a request; the stage may yield null for none
   * @return the handler; its answers keep the order of their frames
   */
  public static <Q, A> AnswerHandler<Q, A> later(
      Function<? super Q, ? extends CompletionStage<? extends A>> answer) {
    return deciding((session, request) -> Answer.later(answer.apply(request)));
  }

  /**
   * Returns a handler that answers each frame later and sees the session.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns a stage of the answer to a session's request; the stage may yield null
   *     for none
   * @return the handler; its answers keep the order of their frames
   */
  public static <Q, A> AnswerHandler<Q, A> later(
      BiFunction<IoSession, ? super Q, ? extends CompletionStage<? extends A>> answer) {
    return deciding((session, request) -> Answer.later(answer.apply(session, request)));
  }

  /**
   * Returns a handler whose function chooses the kind of each answer.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns the answer to a session's request
   * @return the handler; its answers keep the order of their frames
   */
  public static <Q, A> AnswerHandler<Q, A> deciding(
      BiFunction<IoSession, ? super Q, ? extends Answer<A>> answer) {
    return deciding(answer, true);
  }

  /**
   * Returns a handler that sends each answer as soon as it is complete. A client finds the request
   * by a key.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param answer returns the answer to a session's request
   * @return the handler; its answers do not wait for those of earlier frames
   */
  public static <Q, A> AnswerHandler<Q, A> inAnyOrder(
      BiFunction<IoSession, ? super Q, ? extends Answer<A>> answer) {
    return deciding(answer, false);
  }

  private static <Q, A> AnswerHandler<Q, A> deciding(
      BiFunction<IoSession, ? super Q, ? extends Answer<A>> answer, boolean inOrder) {
    return new AnswerHandler<>() {
      @Override
      protected Answer<A> answer(IoSession session, Q request) {
        return answer.apply(session, request);
      }

      @Override
      protected boolean inOrder() {
        return inOrder;
      }
    };
  }

  /**
   * Answers one frame. Called on the session's event loop, or on one of the {@code
   * executor-threads}, for one frame of a session at a time. On the event loop it must not block:
   * work that takes long returns {@link Answer#later}.
   *
   * @param session the session of the frame
   * @param request the frame
   * @return the answer, of any kind
   * @throws Exception any exception; the session closes after everything written before is sent
   */
  protected abstract Answer<A> answer(IoSession session, Q request) throws Exception;

  /**
   * Returns the answer as {@link PendingAnswers} takes it: a message, null for none, or an Answer.
   */
  @Nullable Object answered(IoSession session, Q request) throws Exception {
    Answer<A> answer = answer(session, request);
    return opened(Objects.requireNonNull(answer, "answer: null (expected: Answer.none())"));
  }

  /**
   * Returns the message of an answer that consists of one message, null for none, and any other
   * answer unchanged.
   */
  static @Nullable Object opened(Answer<?> answer) {
    if (answer instanceof Answer.Value<?> value) {
      return value.message;
    }
    return answer.isNone() ? null : answer;
  }

  /**
   * Returns the refusal that the peer receives for input that is not a frame. It is sent after all
   * earlier answers, and then the session closes.
   *
   * @param session the session of the input
   * @param cause the defect of the input
   * @return the refusal, by default {@link Answer#none}; an answer that comes later is not allowed
   */
  protected Answer<A> refusal(IoSession session, FrameException cause) {
    return Answer.none();
  }

  /**
   * {@return whether an answer waits for those of earlier frames; true by default} If false, a
   * {@link Answer#last last} answer and a refusal still wait for all of them.
   */
  protected boolean inOrder() {
    return true;
  }

  /**
   * {@return whether {@link #messageSent} is called for answers, which then cost one WriteRequest
   * each; false by default} It is always called for messages that were given to the session's
   * {@code write}, and for an answer that passes a filter above the codec, such as that of {@code
   * executor-threads}.
   */
  protected boolean reportsSent() {
    return false;
  }

  /**
   * Returns how long the answer to a frame may take from the frame's delivery. The time that the
   * frame waits for one of the {@code executor-threads} counts. Without {@code executor-threads},
   * the session's event loop calls this method for each answer that comes later. With them, it is
   * called for every frame: on the event loop, and again on the frame's thread.
   *
   * @param session the session of the frame
   * @param request the frame
   * @return up to 24 hours, and a longer timeout counts as 24 hours; zero for no bound; null, the
   *     default, for the listener's {@code answer-timeout}
   */
  protected @Nullable Duration answerTimeout(IoSession session, Q request) {
    return null;
  }

  /**
   * Returns the message that the peer receives instead of an answer that timed out. It is sent
   * after all earlier answers, and then the session closes. Called on the session's event loop.
   *
   * @param session the session of the frame
   * @param request the frame whose answer timed out
   * @return the message, by default {@link Answer#none}; an answer that comes later is not allowed
   */
  protected Answer<A> timedOut(IoSession session, Q request) {
    return Answer.none();
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
            new PendingAnswers(
                session, (answer, read) -> write(session, answer, WriteBatch.of(session), read));
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
    Object answer = answered(session, cast(frame));
    if (answer instanceof Answer.Later<?> later) {
      if (batch != null) {
        batch.takeNoAnswersAtOnce();
      }
      PendingAnswers pending = pendingOf(session);
      Place place = place(session, frame, EventLoop.now(session), read(session, batch));
      pending.add(place);
      pending.fill(place, filling(session, later));
    } else if (answer != null
        && batch != null
        && batch.takesAnswersAtOnce()
        && !(answer instanceof Answer)) {
      writeInBatch(session, answer, batch, batch.since());
    } else if (answer != null) {
      answerNow(session, answer, batch, read(session, batch));
    }
  }

  /** Returns when the current frame was read. */
  private static long read(IoSession session, @Nullable WriteBatch batch) {
    return batch == null ? EventLoop.nanos(session) : batch.since();
  }

  private static CompletableFuture<?> filling(IoSession session, Answer.Later<?> later) {
    if (!later.isLast) {
      return later.future;
    }
    end(session, EndReason.LAST_ANSWER);
    return later.future.thenApply(message -> message == null ? Answer.end() : Answer.last(message));
  }

  /**
   * Receives a frame on an executor thread. The timeout counts from the delivery, even if the
   * handler never returns.
   */
  private void receivedElsewhere(IoSession session, Object frame) throws Exception {
    PendingAnswers pending = pendingOf(session);
    Input input = Input.of(session);
    Place place = place(session, frame, input.deliveredSince(), input.deliveredRead());
    pending.add(place);
    Input.of(session).placed();
    CompletableFuture<?> filling = NONE;
    try {
      Object answer = answered(session, cast(frame));
      if (isLast(answer)) {
        end(session, EndReason.LAST_ANSWER);
      }
      filling =
          answer instanceof Answer.Later<?> later
              ? filling(session, later)
              : CompletableFuture.completedFuture(answer);
    } finally {
      pending.fill(place, filling);
    }
  }

  @SuppressWarnings("unchecked")
  private Q cast(Object frame) {
    return (Q) frame;
  }

  private Place place(IoSession session, Object frame, int since, long read) {
    return new Place(
        this,
        frame,
        inOrder(),
        since,
        read,
        ownTimeout(session, frame),
        SessionLimits.of(session).answerTimeout());
  }

  private @Nullable Duration ownTimeout(IoSession session, Object frame) {
    Duration own = answerTimeout(session, cast(frame));
    return own != null && own.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : own;
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
    Answer<A> word = Answer.end();
    try {
      word = timedOut(session, cast(place.frame)).asLast();
    } catch (RuntimeException | Error e) {
      session.getFilterChain().fireExceptionCaught(e);
    }
    pending.endAt(place, taken, word);
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
    if (cause instanceof FrameException e) {
      Answer<A> refusal = refusal(session, e);
      if (!refusal.isNone()) {
        answerNow(session, refusal.asLast(), WriteBatch.of(session), 0);
      }
    } else if (session.getFilterChain().getAll().isEmpty()) {
      LOG.error("sessionClosed failed", cause); // without a chain, no filter logs it
    }
  }

  private void answerNow(IoSession session, Object answer, @Nullable WriteBatch batch, long read) {
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
      Place place = new Place(this, answer, waits, 0, read, null, Duration.ZERO);
      pending.add(place);
      pending.fill(place, CompletableFuture.completedFuture(answer));
    } else {
      write(session, answer, batch, read);
    }
  }

  private static void end(IoSession session, EndReason reason) {
    SessionLifecycle.of(session).beginEnd(reason, SessionLifecycle.QueuedFrames.DROPPED);
  }

  static boolean isLast(@Nullable Object answer) {
    return answer instanceof Answer.Last;
  }

  private static boolean write(
      IoSession session, @Nullable Object answer, @Nullable WriteBatch batch, long read) {
    if (!(answer instanceof Answer<?> compound)) {
      return answer == null || writeInBatch(session, answer, batch, read);
    }
    if (compound instanceof Answer.Last<?> last) {
      end(session, EndReason.LAST_ANSWER);
      boolean sent = write(session, opened(last.answer), batch, read);
      session.closeOnFlush();
      return sent;
    }
    if (compound instanceof Answer.Several<?> several) {
      return writeSeveral(session, several.messages, batch, read);
    }
    throw new IllegalStateException(
        "answer of Answer.decidedLater comes later again (expected: an answer that is complete)");
  }

  private static boolean writeSeveral(
      IoSession session, List<?> messages, @Nullable WriteBatch batch, long read) {
    AtomicBoolean sent = new AtomicBoolean(true);
    Handover.undisturbed(
        session,
        () -> {
          int left = messages.size();
          for (Object each : messages) {
            left--;
            if (!writeInBatch(session, each, batch, left == 0 ? read : 0)) {
              sent.set(false);
              return;
            }
          }
        });
    return sent.get();
  }

  /**
   * Writes into the batch if one is open, otherwise through MINA. Returns whether the answer is
   * sent.
   *
   * @param read when its request was read; 0 if this message completes no answer
   */
  private static boolean writeInBatch(
      IoSession session, Object answer, @Nullable WriteBatch batch, long read) {
    if (session.isClosing()) {
      return false;
    }
    try {
      return (batch != null && batch.answer(answer, read)) || writeAlone(session, answer, read);
    } catch (Exception e) {
      session.getFilterChain().fireExceptionCaught(new ProtocolEncoderException(e));
      return false;
    }
  }

  private static boolean writeAlone(IoSession session, Object answer, long read) {
    WriteFuture written = session.write(answer);
    if (read != 0) {
      written.addListener(done -> SessionState.countAnswer(session, written, read));
    }
    return written.getException() == null;
  }

  /** Gives the engine access to methods that the public class does not show. */
  private static final class Access extends AnswerAccess {

    @Override
    protected boolean isFor(@Nullable IoHandler handler) {
      return handler instanceof AnswerHandler;
    }

    @Override
    public boolean reportsSent(IoHandler handler) {
      return typed(handler).reportsSent();
    }

    @Override
    public Duration timeout(IoHandler handler, IoSession session, Object frame) {
      Duration own = typed(handler).ownTimeout(session, frame);
      return own == null ? SessionLimits.of(session).answerTimeout() : own;
    }

    @Override
    public void timedOut(
        IoHandler handler, IoSession session, Object frame, Duration timeout, long read) {
      AnswerHandler<Object, Object> its = typed(handler);
      PendingAnswers pending = pendingOf(session);
      Place place = new Place(its, frame, true, EventLoop.now(session), read, timeout, timeout);
      pending.add(place);
      its.late(session, pending, place);
    }

    @SuppressWarnings("unchecked") // its frames come from the same codec
    private static AnswerHandler<Object, Object> typed(IoHandler handler) {
      return (AnswerHandler<Object, Object>) handler;
    }
  }
}
