package parley.protocol;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.codec.FrameException;
import parley.transport.Answerer;
import parley.transport.Input;
import parley.transport.Overrides;
import parley.transport.SessionAttribute;
import parley.transport.Turn;

/**
 * Answers each frame with what {@link #answer} returns: the IoHandler of a protocol that only
 * answers. Answers leave in the order of their frames, also those that come later, unless {@link
 * #inOrder} says otherwise.
 *
 * <p>Reading is suspended while {@value #MAX_PENDING} or more answers of a session are pending; the
 * frames of the read at hand, of 64 KiB at most, are still taken. What {@code answer} throws, and a
 * future that fails, closes the session, and where answers keep their order none behind it is sent.
 *
 * <p>An answer that is there at once is encoded straight into the turn's one write, without a
 * WriteRequest and a WriteFuture; so {@link #messageSent} is not called for it, unless a subclass
 * overrides that method.
 *
 * @param <F> the type of the codec's frames
 */
public abstract class AnswerHandler<F> extends IoHandlerAdapter implements Answerer {

  /** So many answers of one session may be pending before its reading is suspended. */
  public static final int MAX_PENDING = 1024;

  /** An answer after which the session closes. */
  private record Last(Object answer) {}

  private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
  private static final SessionAttribute<PendingAnswers> PENDING =
      new SessionAttribute<>(
          AnswerHandler.class,
          "pending",
          session ->
              new PendingAnswers(session, answer -> write(session, answer, Turn.of(session))));

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
   * Answers one frame. Called on the session's event loop, one frame at a time for a session, so
   * what takes long returns a future.
   *
   * @return a message for the codec, {@link #last} of one, null for no answer, or a CompletionStage
   *     of one of these; behind a {@code last} that comes later, frames are still taken until it
   *     comes, and get no answer if answers keep their order
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
   * Marks an answer as the last one: the session takes no more input and closes behind it.
   *
   * @throws IllegalArgumentException for a future; return a future of a last answer instead
   */
  public static Object last(Object answer) {
    if (answer instanceof CompletionStage || answer instanceof Last) {
      throw new IllegalArgumentException("last answer: " + answer.getClass().getSimpleName());
    }
    return new Last(answer);
  }

  @Override
  public final void messageReceived(IoSession session, Object frame) throws Exception {
    received(session, frame, Turn.of(session));
  }

  @Override
  public final void messageReceived(IoSession session, Object frame, Turn turn) throws Exception {
    received(session, frame, turn);
  }

  @SuppressWarnings("unchecked")
  private void received(IoSession session, Object frame, @Nullable Turn turn) throws Exception {
    Object answer = answer(session, (F) frame);
    if (answer instanceof CompletionStage<?> later) {
      if (turn != null) {
        turn.takeNoAnswers();
      }
      PENDING.of(session).add(later.toCompletableFuture(), inOrder());
    } else if (answer != null && turn != null && turn.takesAnswers() && !isLast(answer)) {
      writeInTurn(session, answer, turn);
    } else if (answer != null) {
      answerNow(session, answer, turn);
    }
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
    if (cause instanceof FrameException e) {
      Object refusal = refusal(session, e);
      if (refusal != null) {
        answerNow(session, last(refusal), Turn.of(session));
      }
    } else if (session.getFilterChain().getAll().isEmpty()) {
      LOG.error("sessionClosed failed", cause); // the chain is gone: nobody else would say it
    }
  }

  private void answerNow(IoSession session, Object answer, @Nullable Turn turn) {
    boolean last = isLast(answer);
    if (last) {
      Input.of(session).stopAndDropFrames();
    }
    PendingAnswers pending = PENDING.ifMade(session);
    if (pending != null && !last && pending.hasFailed()) {
      return;
    }
    if (pending != null && (last || inOrder()) && pending.any()) {
      pending.add(CompletableFuture.completedFuture(answer), true);
    } else {
      write(session, answer, turn);
    }
  }

  static boolean isLast(@Nullable Object answer) {
    return answer instanceof Last;
  }

  private static boolean write(IoSession session, Object answer, @Nullable Turn turn) {
    if (answer instanceof CompletionStage) {
      throw new IllegalStateException("answer: a future of a future (expected: of an answer)");
    }
    if (answer instanceof Last last) {
      Input.of(session).stopAndDropFrames();
      boolean sent = write(session, last.answer(), turn);
      session.closeOnFlush();
      return sent;
    }
    return writeInTurn(session, answer, turn);
  }

  /** Straight into the turn where that is open, else as MINA writes; returns whether it goes. */
  private static boolean writeInTurn(IoSession session, Object answer, @Nullable Turn turn) {
    if (session.isClosing()) {
      return false;
    }
    try {
      return (turn != null && turn.answer(answer)) || session.write(answer).getException() == null;
    } catch (Exception e) {
      session.getFilterChain().fireExceptionCaught(new ProtocolEncoderException(e));
      return false;
    }
  }

  /** Unless a subclass wants to know when its answers are sent. */
  @Override
  public final boolean answersInTurn(IoSession session) {
    PendingAnswers pending = PENDING.ifMade(session);
    return !tellsSent && (pending == null || (!pending.any() && !pending.hasFailed()));
  }
}
