package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.mina.core.service.IoServiceStatistics;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.executor.ExecutorFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.FrameException;
import parley.internal.accept.Admission;
import parley.internal.loop.EventLoop;
import parley.internal.loop.TestClock;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** An answer that never comes ends its session, at its place. */
class AnswerTimeoutTest {

  private static final Duration SHORT = Duration.ofMillis(40);

  /**
   * Never answers "never", blocks the handler's thread at "block", and answers all else at once.
   */
  private static final class Never extends AnswerHandler<String, String> implements AutoCloseable {

    final CountDownLatch blocks = new CountDownLatch(1);
    final CompletableFuture<Object> never = new CompletableFuture<>();
    private final boolean inOrder;

    Never(boolean inOrder) {
      this.inOrder = inOrder;
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      if (line.equals("block")) {
        Servers.await(blocks);
      }
      return line.startsWith("never") ? Answer.later(new CompletableFuture<>()) : Answer.of(line);
    }

    @Override
    protected boolean inOrder() {
      return inOrder;
    }

    @Override
    protected @Nullable Duration answerTimeout(IoSession session, String line) {
      return line.equals("never at all") ? Duration.ZERO : line.endsWith("!") ? SHORT : null;
    }

    @Override
    protected Answer<String> timedOut(IoSession session, String line) {
      return line.equals("never, silently") ? Answer.none() : Answer.of("LATE " + line);
    }

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR");
    }

    @Override
    public void close() {
      blocks.countDown();
    }
  }

  private static Server serve(
      AnswerHandler<String, String> handler, UnaryOperator<ListenerConfig.Builder> more)
      throws Exception {
    return Servers.with(Servers.lineProtocol(handler), more);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void earlierAnswersStayAndNothingFollows(int threads) throws Exception {
    try (Never handler = new Never(true);
        Server server =
            serve(
                handler,
                listener -> listener.executorThreads(threads).limit(Limits.ANSWER_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nnever b\nc\nnever d\n").line()).isEqualTo("a");
      assertThat(TestClock.of(server).restOf(peer)).isEqualTo("LATE never b\n");
    }
    try (Never handler = new Never(true);
        Server server =
            serve(
                handler,
                listener -> listener.executorThreads(threads).limit(Limits.ANSWER_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nnever, silently\n").line()).isEqualTo("a");
      assertThat(TestClock.of(server).restOf(peer)).isEmpty();
    }
  }

  /** The thread blocks; the frames after it wait in the executor's queue. */
  @Test
  void aHandlerThatBlocksItsOwnThreadIsBoundedToo() throws Exception {
    try (Never handler = new Never(true)) {
      Server server =
          serve(
              handler, listener -> listener.executorThreads(1).limit(Limits.ANSWER_TIMEOUT, SHORT));
      try (Peer peer = Servers.peer(server);
          Peer other = Servers.peer(server)) {
        assertThat(peer.send("a\nblock\nc\n").line()).isEqualTo("a");
        other.send("waits for the thread\nand so does this\n");
        TestClock clock = TestClock.of(server);
        assertThat(clock.restOf(other)).isEqualTo("LATE waits for the thread\n");
        assertThat(clock.restOf(peer)).isEqualTo("LATE block\n");
      }
      handler.close();
      server.close();
    }
  }

  /** The second frame blocks the thread that is to handle the failure of the first answer. */
  @Test
  void aBlockedHandlerDoesNotKeepAFailedSession() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch blocks = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) -> {
              if (line.equals("first")) {
                return Answer.later(first);
              }
              first.completeExceptionally(new IllegalStateException("a test's failure"));
              Servers.await(blocks);
              return Answer.of(line);
            });
    Server server =
        serve(handler, listener -> listener.executorThreads(1).limit(Limits.ANSWER_TIMEOUT, SHORT));
    try (Peer peer = Servers.peer(server)) {
      peer.send("first\nblocks\n");
      assertThat(TestClock.of(server).restOf(peer)).isEmpty();
    }
    blocks.countDown();
    server.close();
  }

  /** A thread has taken the earlier frame, which has no place among the answers yet. */
  @Test
  void aFrameThatWaitsForAThreadIsNotAnsweredBeforeTheRunningOne() throws Exception {
    CountDownLatch bothDelivered = new CountDownLatch(2);
    CountDownLatch late = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            return line.equals("never!")
                ? Answer.later(new CompletableFuture<>())
                : Answer.of(line);
          }

          @Override
          protected @Nullable Duration answerTimeout(IoSession session, String line) {
            EventLoop loop = EventLoop.of(session);
            if (loop != null && loop.isLoopThread()) {
              bothDelivered.countDown();
            } else if (line.equals("a")) {
              Servers.await(late);
            }
            return line.endsWith("!") ? SHORT : null;
          }

          @Override
          protected Answer<String> timedOut(IoSession session, String line) {
            return Answer.of("LATE " + line);
          }
        };
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler))
            .executorThreads(2)
            .build();
    try (Server server =
            new Server(ServerConfig.builder().listener(listener).eventLoops(1).build()).start();
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb!\n");
      bothDelivered.await();
      IoSession session = Servers.session(server);
      try (Peer later = Servers.peer(server)) {
        later.send("never!\n");
        Servers.awaitManaged(server, 2);
        assertThat(TestClock.of(server).restOf(later)).isEqualTo("LATE never!\n"); // and so is b
      }
      Servers.awaitRounds(session);
      late.countDown();
      assertThat(peer.halfClose().rest()).isIn("a\nLATE b!\n", "a\nb!\n");
    }
  }

  @Test
  void aProtocolMaySetAnotherTimeoutForAFrame() throws Exception {
    try (Never handler = new Never(true);
        Server server = serve(handler, listener -> listener);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nnever at all\nnever b!\n");
      assertThat(peer.line()).isEqualTo("a");
      IoSession session = Servers.session(server);
      Servers.awaitRounds(session);
    }
    try (Never handler = new Never(true);
        Server server = serve(handler, listener -> listener);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nnever b!\n").line()).isEqualTo("a");
      assertThat(TestClock.of(server).restOf(peer)).isEqualTo("LATE never b!\n");
    }
  }

  @Test
  void inAnyOrderTheOtherAnswersAreSentBefore() throws Exception {
    try (Never handler = new Never(false);
        Server server = serve(handler, listener -> listener.limit(Limits.ANSWER_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("never\nb\n").line()).isEqualTo("b");
      assertThat(TestClock.of(server).restOf(peer)).isEqualTo("LATE never\n");
    }
  }

  /** Waits until the only session that a server has ever had has ended. */
  private static void awaitItsEnd(Server server) {
    IoServiceStatistics sessions = Servers.acceptor(server).getStatistics();
    Await.until("a session", sessions::getCumulativeManagedSessionCount, count -> count == 1);
    Admission admission = Servers.admission(server);
    TestClock.of(server).advanceUntil("its end", 10, () -> admission.connections() == 0);
  }

  /** Six of six such sessions used to stay open and keep their place in {@code connections}. */
  @ParameterizedTest
  @CsvSource({
    "never;half, true, 40ms", "never;half, false, 40ms", "never, true, 40ms",
    "never;half, true, 0s", "never;half, false, 0s", "never, true, 0s",
  })
  void noEndWaitsForAnAnswerForEver(String lines, boolean halfCloses, String answerTimeout)
      throws Exception {
    Duration timeout = answerTimeout.equals("0s") ? Duration.ZERO : SHORT;
    try (Never handler = new Never(true);
        Server server =
            serve(
                handler,
                listener ->
                    listener
                        .limit(Limits.ANSWER_TIMEOUT, timeout)
                        .limit(Limits.FRAME_TIMEOUT, SHORT)
                        .limit(Limits.IDLE_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      peer.send(lines.replace(';', '\n') + (lines.contains(";") ? "" : "\n"));
      if (halfCloses) {
        peer.halfClose();
      }
      awaitItsEnd(server);
    }
  }

  @Test
  void aLineThatIsTooLongEndsASessionWhoseAnswerNeverComes() throws Exception {
    try (Never handler = new Never(true);
        Server server =
            serve(
                handler,
                listener ->
                    listener
                        .limit(Limits.ANSWER_TIMEOUT, Duration.ZERO)
                        .limit(Limits.IDLE_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      peer.send("never\n" + "x".repeat(100_000));
      awaitItsEnd(server);
    }
  }

  @Test
  void aSessionMayHaveAnIdleTimeoutOfItsOwn() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            Sessions.setIdleTimeout(session, Duration.ofMillis(Integer.parseInt(line)));
            return Answer.of("set " + asked.incrementAndGet());
          }

          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            return Answer.of("ERR " + cause.getMessage());
          }
        };
    UnaryOperator<ListenerConfig.Builder> none =
        listener ->
            listener
                .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ZERO)
                .limit(Limits.FRAME_TIMEOUT, Duration.ZERO)
                .limit(Limits.IDLE_TIMEOUT, Duration.ZERO)
                .limit(Limits.OUTBOUND_RATE, 0);
    for (UnaryOperator<ListenerConfig.Builder> more :
        java.util.List.of(none, UnaryOperator.<ListenerConfig.Builder>identity())) {
      asked.set(0);
      try (Server server = serve(handler, more);
          Peer peer = Servers.peer(server)) {
        assertThat(peer.send("600000\n").line()).isEqualTo("set 1");
        assertThat(peer.send("40\n").line()).isEqualTo("set 2");
        assertThat(TestClock.of(server).restOf(peer)).isEqualTo("ERR idle for 40 ms\n");
      }
    }
  }

  /** MINA's executor does not report the time: the time of a frame begins at its handler. */
  @Test
  void minasExecutorTakesNoTimeFromAnAnswer() throws Exception {
    ExecutorFilter threads = new ExecutorFilter(1);
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> answer = new CompletableFuture<>();
    AnswerHandler<String, String> later =
        AnswerHandler.later(
            line -> {
              asked.countDown();
              return answer;
            });
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(later),
            (chain, side) -> chain.addAfter(FilterNames.DRAIN, "threads", threads));
    try (Server server =
        Servers.with(protocol, listener -> listener.limit(Limits.ANSWER_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        peer.send("a\n");
        asked.await();
        clock.advance(SHORT);
        answer.complete("in time");
        assertThat(peer.line()).isEqualTo("in time");
      }
    } finally {
      threads.destroy();
    }
  }
}
