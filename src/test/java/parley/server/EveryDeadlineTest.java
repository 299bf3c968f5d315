package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.mina.core.session.IoSession;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.TestClock;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * For each order of the peer's activity and of time, a session ends when the first of its deadlines
 * is over, to the millisecond, and not before.
 */
class EveryDeadlineTest {

  private static final int FIRST_FRAME = 70;
  private static final int FRAME = 40;
  private static final int IDLE = 100;

  /** The events of a session. */
  enum Step {
    /** A frame that is answered at once, or the rest of one. */
    LINE,
    /** A part of a frame. */
    PART,
    /** A frame whose answer comes later. */
    ASK,
    /** The eldest pending answer completes. */
    ANSWER,
    /** The eldest pending answer completes, and nothing is sent. */
    NO_ANSWER,
    /** Time passes while this side does not read. */
    PAUSE,
    /** The peer ends its stream, between two frames. */
    HALF_CLOSE,
    /** Time passes. */
    TIME
  }

  /** The expected state of the session. Times are milliseconds after its begin. */
  private static final class Model {
    final Deque<Step> pending = new ArrayDeque<>(); // LINE or ASK, in order
    int now;
    int quietSince; // nothing read, sent or in flight
    int movedSince; // nothing read or sent
    int frameSince = -1; // without the later pauses; less than 0 between two frames
    boolean delivered;
    boolean halfClosed;

    void received(Step frame) {
      moved();
      frameSince = -1;
      delivered = true;
      if (frame == Step.ASK || !pending.isEmpty()) {
        pending.add(frame);
      }
    }

    void answered(boolean sends) {
      pending.remove();
      boolean sent = sends || pending.peek() == Step.LINE;
      while (pending.peek() == Step.LINE) {
        pending.remove();
      }
      if (sent) {
        moved();
      }
      quietSince = now;
    }

    void moved() {
      movedSince = now;
      quietSince = now;
    }

    private boolean isVain(int since) {
      return halfClosed && !pending.isEmpty() && since - movedSince > IDLE;
    }

    boolean mayHaveEnded() {
      return mustHaveEnded() || isVain(now);
    }

    boolean mustHaveEnded() {
      return (halfClosed && pending.isEmpty())
          || (frameSince >= 0 && now - frameSince > FRAME)
          || (!delivered && now > FIRST_FRAME)
          || (pending.isEmpty() && now - quietSince > IDLE)
          || isVain(now - IDLE / 8); // the wait may begin while there is nothing to check
    }
  }

  private final BlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();

  private final AnswerHandler<String, String> handler =
      new AnswerHandler<>() {
        @Override
        protected Answer<String> answer(IoSession session, String line) {
          if (!line.endsWith("ask")) {
            return Answer.of(line);
          }
          CompletableFuture<String> later = new CompletableFuture<>();
          asked.add(later);
          return Answer.later(later);
        }
      };

  @Property(tries = 150)
  void aSessionEndsWhenADeadlineIsOver(
      @ForAll @Size(max = 16) List<Step> steps,
      @ForAll @Size(16) List<@IntRange(min = 1, max = 60) Integer> times)
      throws Exception {
    asked.clear();
    try (Server server =
        Servers.with(
            Servers.lineProtocol(handler),
            listener ->
                listener
                    .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ofMillis(FIRST_FRAME))
                    .limit(Limits.FRAME_TIMEOUT, Duration.ofMillis(FRAME))
                    .limit(Limits.IDLE_TIMEOUT, Duration.ofMillis(IDLE)))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        IoSession session = Servers.session(server);
        SessionLifecycle life = SessionLifecycle.of(session);
        clock.advance(0);
        Model model = new Model();
        for (int i = 0; i < steps.size() && !model.mayHaveEnded(); i++) {
          step(steps.get(i), times.get(i), model, clock, peer, session);
          if (model.mustHaveEnded()) {
            Await.until("its end", life::isEnding);
          } else if (!model.mayHaveEnded()) {
            assertThat(life.isEnding()).isFalse();
          }
        }
        asked.forEach(each -> each.complete(null)); // a bound on answers is not the subject
        clock.advance(FIRST_FRAME + FRAME + IDLE);
        Await.until("its end", life::isEnding);
      }
    }
  }

  private void step(Step step, int time, Model model, TestClock clock, Peer peer, IoSession session)
      throws Exception {
    switch (step) {
      case LINE, ASK -> {
        if (!model.halfClosed) {
          send(step == Step.ASK ? "ask\n" : "line\n", peer, session, clock);
          model.received(step);
        }
      }
      case PART -> {
        if (!model.halfClosed) {
          send("part", peer, session, clock);
          model.moved();
          model.frameSince = model.frameSince < 0 ? model.now : model.frameSince;
        }
      }
      case ANSWER, NO_ANSWER -> {
        if (!model.pending.isEmpty()) {
          asked.take().complete(step == Step.ANSWER ? "answer" : null);
          clock.advance(0);
          model.answered(step == Step.ANSWER);
        }
      }
      case PAUSE -> {
        session.suspendRead();
        pass(time, model, clock);
        session.resumeRead();
        clock.advance(0);
        model.frameSince = model.frameSince < 0 ? -1 : model.frameSince + time;
      }
      case HALF_CLOSE -> {
        if (!model.halfClosed && model.frameSince < 0) {
          peer.halfClose();
          Await.until("its end of stream", () -> Input.of(session).isEnded());
          model.halfClosed = true;
        }
      }
      case TIME -> pass(time, model, clock);
    }
  }

  private static void pass(int time, Model model, TestClock clock) {
    clock.advance(time);
    model.now += time;
  }

  /** Sends text; returns when the server has read and processed it. */
  private static void send(String text, Peer peer, IoSession session, TestClock clock)
      throws Exception {
    long before = session.getReadBytes();
    peer.send(text);
    Await.until("bytes", session::getReadBytes, now -> now == before + text.length());
    clock.advance(0);
  }
}
