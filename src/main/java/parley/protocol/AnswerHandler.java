package parley.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.codec.FrameException;
import parley.transport.InFlight;
import parley.transport.Input;

/**
 * Answers each frame with what {@link #answer} returns: the IoHandler of a protocol that only
 * answers. Answers leave in the order of their frames, also those that come later.
 *
 * <p>Reading is suspended while {@value #MAX_PENDING} or more answers of a session are pending.
 * What {@code answer} throws, and a future that fails, closes the session.
 *
 * @param <F> the type of the codec's frames
 */
public abstract class AnswerHandler<F> extends IoHandlerAdapter {

  /** So many answers of one session may be pending before its reading is suspended. */
  public static final int MAX_PENDING = 1024;

  /** An answer after which the session closes. */
  private record Last(Object answer) {}

  private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
  private static final AttributeKey PENDING = new AttributeKey(AnswerHandler.class, "pending");

  /** An AnswerHandler from a function of the session and the frame, such as a lambda. */
  public static <F> AnswerHandler<F> of(BiFunction<IoSession, F, @Nullable Object> answer) {
    return new AnswerHandler<>() {
      @Override
      protected @Nullable Object answer(IoSession session, F frame) {
        return answer.apply(session, frame);
      }
    };
  }

  /**
   * Answers one frame. Called on the session's event loop, one frame at a time for a session, so
   * what takes long returns a future.
   *
   * @return a message for the codec, {@link #last} of one, null for no answer, or a CompletionStage
   *     of one of these; behind a {@code last} that comes later, frames are still taken until it
   *     comes, and get no answer
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

  /** Marks an answer as the last one: the session takes no more input and closes behind it. */
  protected static Object last(Object answer) {
    return new Last(answer);
  }

  @Override
  @SuppressWarnings("unchecked")
  public final void messageReceived(IoSession session, Object frame) throws Exception {
    Object answer = answer(session, (F) frame);
    if (answer instanceof CompletionStage<?> later) {
      Pending.of(session).add(later.toCompletableFuture());
    } else if (answer != null) {
      answerNow(session, answer);
    }
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
    if (cause instanceof FrameException e) {
      Object refusal = refusal(session, e);
      if (refusal != null) {
        answerNow(session, last(refusal));
      }
    } else if (session.getFilterChain().getAll().isEmpty()) {
      LOG.error("sessionClosed failed", cause); // the chain is gone: nobody else would say it
    }
  }

  private static void answerNow(IoSession session, Object answer) {
    if (answer instanceof Last) {
      Input.of(session).stop();
    }
    Pending pending = (Pending) session.getAttribute(PENDING);
    if (pending == null) {
      write(session, answer);
    } else {
      pending.add(CompletableFuture.completedFuture(answer));
    }
  }

  private static void write(IoSession session, Object answer) {
    if (answer instanceof Last last) {
      Input.of(session).stop();
      session.write(last.answer());
      session.closeOnFlush();
    } else {
      session.write(answer);
    }
  }

  /** The answers of one session that wait for one to come; made with the first that is late. */
  private static final class Pending {

    private final IoSession session;
    private final Deque<CompletableFuture<?>> queue = new ArrayDeque<>();
    private boolean full;

    private Pending(IoSession session) {
      this.session = session;
    }

    static Pending of(IoSession session) {
      Pending known = (Pending) session.getAttribute(PENDING);
      if (known == null) {
        known = new Pending(session);
        session.setAttribute(PENDING, known);
      }
      return known;
    }

    void add(CompletableFuture<?> answer) {
      InFlight.of(session).enter();
      synchronized (this) {
        queue.add(answer);
        if (!full && queue.size() >= MAX_PENDING) {
          full = true;
          Input.of(session).suspend(Input.Reason.ANSWERS_PENDING);
        }
      }
      var unused = answer.whenComplete((done, failure) -> writeWhatIsReady());
    }

    /** Writes under the lock: two threads that complete answers keep their order. */
    private void writeWhatIsReady() {
      int left = 0;
      synchronized (this) {
        for (var head = queue.peek(); head != null && head.isDone(); head = queue.peek()) {
          queue.remove();
          left++;
          write(head);
        }
        if (full && queue.size() <= MAX_PENDING / 2) {
          full = false;
          Input.of(session).resume(Input.Reason.ANSWERS_PENDING);
        }
      }
      for (; left > 0; left--) {
        InFlight.of(session).leave();
      }
    }

    /** Throws nothing: the answers behind this one must go on. */
    private void write(CompletableFuture<?> done) {
      if (session.isClosing()) {
        return;
      }
      try {
        Object answer = done.join();
        if (answer != null) {
          AnswerHandler.write(session, answer);
        }
      } catch (CompletionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        session.getFilterChain().fireExceptionCaught(cause);
      } catch (RuntimeException | Error failed) {
        session.getFilterChain().fireExceptionCaught(failed);
      }
    }
  }
}
