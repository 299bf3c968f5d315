package parley.server;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import parley.server.RecordingHandler.Kind;
import parley.session.EndReason;

/**
 * The life of a session under every sequence of steps of its peer, its handler, other threads, a
 * drain and the clock. {@link TriedSession} checks the result at its end.
 *
 * <p>Each actor has a thread, so the actors' steps overlap. A failure prints the shortest sequence
 * that was found, and the seed. {@code -Djqwik.tries.default=N} tries N sequences.
 */
class EverySequenceTest {

  private static final int STEPS = 14;

  private TriedSession.Setup setup;
  private TriedSession session;

  @Property
  void aSessionLivesOnce(
      @ForAll @IntRange(max = 2) int executorThreads,
      @ForAll boolean handlesSent,
      @ForAll boolean inOrder,
      @ForAll("sequences") ActionChain<TriedSession> sequence)
      throws Exception {
    setup = new TriedSession.Setup(executorThreads, handlesSent, inOrder);
    try {
      sequence.run().end();
    } finally {
      session.close();
    }
  }

  private TriedSession begin() {
    session = TriedSession.begin(setup);
    return session;
  }

  @Provide
  Arbitrary<ActionChain<TriedSession>> sequences() {
    return ActionChain.startWith(this::begin)
        .withAction(12, among(EverySequenceTest::request, Kind.values()))
        .withAction(3, just("peer: begins a request", its -> its.peer(GatedPeer::begin)))
        .withAction(1, just("peer: sends what is not a line", EverySequenceTest::notALine))
        .withAction(2, just("peer: half-closes", its -> its.peer(GatedPeer::halfClose)))
        .withAction(1, just("peer: resets", EverySequenceTest::reset))
        .withAction(3, just("peer: stops reading", its -> its.peer(peer -> peer.setReading(false))))
        .withAction(3, just("peer: reads all", its -> its.peer(peer -> peer.setReading(true))))
        .withAction(3, just("a thread: writes", TriedSession::push))
        .withAction(3, just("a thread: writes, too", TriedSession::pushByOther))
        .withAction(3, just("a thread: gives the eldest answer", its -> its.complete(true)))
        .withAction(3, just("a thread: gives the newest answer", its -> its.complete(false)))
        .withAction(1, just("a thread: fails the eldest answer", TriedSession::fail))
        .withAction(1, just("a thread: closes once all is sent", its -> its.close(true)))
        .withAction(1, just("a thread: closes now", its -> its.close(false)))
        .withAction(1, just("the server: drains", TriedSession::drain))
        .withAction(1, among(EverySequenceTest::time, 1, 35, 70, 700))
        .withAction(4, just("all: have done that", TriedSession::join))
        .withMaxTransformations(STEPS);
  }

  private static Action<TriedSession> just(String text, Consumer<TriedSession> step) {
    return Action.just(Transformer.mutate(text, step));
  }

  @SafeVarargs
  private static <T> Action<TriedSession> among(
      Function<T, Transformer<TriedSession>> step, T... values) {
    return new Action.Independent<>() {
      @Override
      public Arbitrary<Transformer<TriedSession>> transformer() {
        return Arbitraries.of(values).map(step);
      }
    };
  }

  private static Transformer<TriedSession> request(Kind kind) {
    return Transformer.mutate(
        "peer: requests " + kind,
        its -> {
          switch (kind) {
            case LAST, LAST_LATER -> its.mayEndBy(EndReason.LAST_ANSWER);
            case THROW -> its.mayEndBy(EndReason.FAULT);
            case CLOSE_NOW, CLOSE_ON_FLUSH -> its.mayEndBy(EndReason.CLOSED);
            default -> {}
          }
          its.peer(peer -> peer.request(kind));
        });
  }

  private static void notALine(TriedSession its) {
    its.mayEndBy(EndReason.REFUSED);
    its.peer(GatedPeer::notALine);
  }

  private static void reset(TriedSession its) {
    its.mayEndBy(EndReason.RESET);
    its.peer(GatedPeer::reset);
  }

  private static Transformer<TriedSession> time(int seconds) {
    return Transformer.mutate(
        "time: " + seconds + " s pass", its -> its.pass(Duration.ofSeconds(seconds)));
  }
}
