package parley.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Sessions;
import parley.session.EndReason;

/**
 * Executes each line, and records the events of its one session. A line is a kind and the number of
 * the request, such as {@code NOW 3}, and its answer begins with that number.
 */
class RecordingHandler extends AnswerHandler<String, String> {

  /** How a request is answered. */
  enum Kind {
    /** At once. */
    NOW,
    /** By an answer that is longer than the low watermark. */
    LONG,
    /** By two messages. */
    TWO,
    /** Not at all. */
    NONE,
    /** When the test completes a future. */
    LATER,
    /** Like LATER, and it is the last answer. */
    LAST_LATER,
    /** At once, and it is the last answer. */
    LAST,
    /** The handler throws. */
    THROW,
    /** At once, after a write by another thread. */
    PUSH,
    /** At once, after a closeOnFlush: frames that were read by then may be answered, too. */
    CLOSE_ON_FLUSH,
    /** At once, after a closeNow. */
    CLOSE_NOW;

    /** Returns whether nothing is answered after it. */
    boolean isEnd() {
      return switch (this) {
        case LAST_LATER, LAST, THROW, CLOSE_NOW -> true;
        default -> false;
      };
    }
  }

  static final String LONG_TEXT = " " + "x".repeat(30_000);

  /** An answer that the test completes. */
  record Asked(int number, boolean isLast, CompletableFuture<Answer<String>> answer) {}

  /** A write by the handler or the test, and how often its listener was notified of its end. */
  record Pushed(String text, WriteFuture future, AtomicInteger notified) {}

  final CountDownLatch closed = new CountDownLatch(1);
  final ConcurrentLinkedDeque<Asked> asked = new ConcurrentLinkedDeque<>();
  final Queue<Pushed> pushed = new ConcurrentLinkedQueue<>();
  private final Executor otherThread;
  private final boolean inOrder;
  private final List<String> events = new ArrayList<>(); // under the lock
  private final List<EndReason> reasons = new ArrayList<>(); // under the lock
  private volatile boolean asksNoMore;

  RecordingHandler(Executor otherThread, boolean inOrder) {
    this.otherThread = otherThread;
    this.inOrder = inOrder;
  }

  /** Also receives messageSent for each message, so its answers are MINA write requests. */
  static final class ReportingSent extends RecordingHandler {

    ReportingSent(Executor otherThread, boolean inOrder) {
      super(otherThread, inOrder);
    }

    @Override
    protected boolean reportsSent() {
      return true;
    }

    @Override
    public void messageSent(IoSession session, Object message) {
      record("sent", session);
    }
  }

  synchronized void record(String event, IoSession session) {
    events.add(event);
    seeReason(session);
  }

  /** Records the reason of the end, if it differs from the last one. */
  synchronized void seeReason(IoSession session) {
    EndReason reason = Sessions.endReason(session);
    if (reason != null && (reasons.isEmpty() || reasons.get(reasons.size() - 1) != reason)) {
      reasons.add(reason);
    }
  }

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  synchronized List<EndReason> reasons() {
    return List.copyOf(reasons);
  }

  void push(IoSession session, String text) {
    WriteFuture future = session.write(text);
    AtomicInteger notified = new AtomicInteger();
    pushed.add(new Pushed(text, future, notified));
    future.addListener(its -> notified.incrementAndGet());
  }

  /** Completes all pending answers; later ones complete at once. */
  void completeAll() {
    asksNoMore = true;
    asked.forEach(RecordingHandler::complete);
  }

  static void complete(Asked asked) {
    String answer = String.valueOf(asked.number);
    asked.answer.complete(asked.isLast ? Answer.last(answer) : Answer.of(answer));
  }

  private CompletableFuture<Answer<String>> later(int number, boolean isLast) {
    Asked its = new Asked(number, isLast, new CompletableFuture<>());
    asked.add(its);
    if (asksNoMore) {
      complete(its);
    }
    return its.answer;
  }

  @Override
  protected Answer<String> answer(IoSession session, String line) {
    record("frame", session);
    String[] words = line.split(" ");
    String answer = words[1];
    int number = Integer.parseInt(answer);
    switch (Kind.valueOf(words[0])) {
      case NOW -> {}
      case LONG -> answer += LONG_TEXT;
      case TWO -> {
        return Answer.several(List.of(answer, "second of " + answer));
      }
      case NONE -> {
        return Answer.none();
      }
      case LATER -> {
        return Answer.decidedLater(later(number, false));
      }
      case LAST_LATER -> {
        return Answer.decidedLater(later(number, true));
      }
      case LAST -> {
        return Answer.last(answer);
      }
      case THROW -> throw new IllegalStateException("a test's failure");
      case PUSH -> otherThread.execute(() -> push(session, "pushed for " + number));
      case CLOSE_ON_FLUSH -> session.closeOnFlush();
      case CLOSE_NOW -> session.closeNow();
    }
    return Answer.of(answer);
  }

  @Override
  protected boolean inOrder() {
    return inOrder;
  }

  @Override
  protected Answer<String> refusal(IoSession session, FrameException cause) {
    return Answer.of("refused");
  }

  @Override
  protected Answer<String> timedOut(IoSession session, String frame) {
    return Answer.of("timed out");
  }

  @Override
  public void sessionCreated(IoSession session) {
    record("created", session);
  }

  @Override
  public void sessionOpened(IoSession session) {
    record("opened", session);
  }

  @Override
  public void sessionIdle(IoSession session, IdleStatus status) {
    record("idle", session);
  }

  @Override
  public void inputClosed(IoSession session) throws Exception {
    record("input closed", session);
    super.inputClosed(session);
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
    record("exception", session);
    super.exceptionCaught(session, cause);
  }

  @Override
  public void event(IoSession session, FilterEvent event) {
    record("event", session);
  }

  @Override
  public void sessionClosed(IoSession session) {
    record("closed", session);
    closed.countDown();
  }
}
