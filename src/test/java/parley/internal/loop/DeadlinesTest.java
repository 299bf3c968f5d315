package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.DeadlineException;
import parley.codec.FrameException;
import parley.codec.MappedCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.Sessions;
import parley.protocol.chargen.ChargenProtocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.session.EndReason;
import parley.testing.Await;
import parley.testing.Echo;
import parley.testing.Extended;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A peer that is late, idle or takes too little does not keep its place. */
class DeadlinesTest {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofHours(1);

  private static Server greeting(UnaryOperator<ListenerConfig.Builder> limits) throws IOException {
    return Servers.with(new GreetingProtocol(), limits);
  }

  @Test
  void aSilentPeerGetsARefusalAndOneLogLine() throws Exception {
    try (Server server = greeting(config -> config.limit(Limits.FIRST_FRAME_TIMEOUT, SHORT));
        Logs logs = Logs.capture()) {
      TestClock clock = TestClock.of(server);
      Peer peer = Servers.peer(server);
      assertThat(peer.line()).isEqualTo("Hello, World!");
      clock.advance(SHORT);
      assertIsOpen(Servers.session(server)); // never early
      clock.advance(1);
      assertThat(peer.rest()).isEqualTo("ERR no first frame for 200 ms\n");
      peer.close();
      Servers.awaitNobody(server);
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .contains("reason=first_frame_timeout detail=\"no first frame for 200 ms\"");
    }
  }

  /** Each byte would postpone a timer that restarts; the deadline is that of the whole frame. */
  @Test
  void aDripDoesNotPostponeTheDeadlineOfItsFrame() throws Exception {
    try (Server server = greeting(config -> config.limit(Limits.FRAME_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, World!");
        assertThat(peer.line()).isEqualTo("Hello, Ada!");
        IoSession session = Servers.session(server);
        for (int i = 0; i < 4; i++) {
          sendAndAwait(peer, "x", session);
          clock.advance(SHORT.dividedBy(4));
        }
        assertIsOpen(session);
        clock.advance(1);
        assertThat(peer.rest()).isEqualTo("ERR frame not complete after 200 ms\n");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void framesInTimePostponeAllDeadlinesAndALateFrameEndsTheSession(boolean minas) throws Exception {
    AnswerHandler<String, String> echo = AnswerHandler.of((session, line) -> line);
    Protocol<String, String> protocol =
        minas
            ? Protocol.of("minas", Codec.of(new TextLineCodecFactory()), echo)
            : Servers.lineProtocol(echo);
    try (Server server =
            Servers.with(
                protocol,
                config ->
                    config
                        .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ofSeconds(1))
                        .limit(Limits.FRAME_TIMEOUT, Duration.ofSeconds(1)));
        Logs logs = Logs.capture()) {
      TestClock clock = TestClock.of(server);
      Peer peer = Servers.peer(server);
      for (int i = 0; i < 5; i++) {
        assertThat(peer.send("a\nb").line().strip()).isEqualTo("a");
        clock.advance(900);
        assertThat(peer.send("\n").line().strip()).isEqualTo("b");
        clock.advance(900);
      }
      sendAndAwait(peer, "unfinished", Servers.session(server));
      clock.advance(1001);
      assertThat(peer.rest()).isEmpty();
      peer.close();
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .contains("reason=frame_timeout detail=\"frame not complete after 1 s\"");
    }
  }

  /** The deadline is an estimate if the inner codec of a mapped one does not report its frames. */
  @Test
  void theDeadlineOfAFrameHoldsForMinasCodecUnderAMappedOneToo() throws Exception {
    Protocol<String, String> mapped =
        Protocol.of(
            "mapped",
            new MappedCodecFactory<>(
                Codec.<String, String>of(new TextLineCodecFactory()),
                (String line) -> line,
                (String answer) -> answer),
            AnswerHandler.<String, String>of((session, line) -> line));
    try (Server server =
        Servers.with(mapped, config -> config.limit(Limits.FRAME_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").line().strip()).isEqualTo("a");
        sendAndAwait(peer, "unfinished", Servers.session(server));
        clock.advance(SHORT.plusMillis(1));
        assertThat(peer.rest()).isEmpty();
      }
    }
  }

  /** As with stock MINA: the session stays open, and the count goes up until it reads or writes. */
  @Test
  void sessionIdleCountsTheIdleTimesOfTheSessionsConfig() throws Exception {
    BlockingQueue<String> counts = new LinkedBlockingQueue<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionCreated(IoSession session) {
            session.getConfig().setReaderIdleTime(1);
          }

          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }

          @Override
          public void sessionIdle(IoSession session, IdleStatus status) {
            counts.add(status + " " + session.getIdleCount(status));
          }
        };
    try (Server server = Servers.with(Servers.lineProtocol(handler), config -> config);
        Peer peer = Servers.peer(server)) {
      assertThat(List.of(counts.take(), counts.take()))
          .containsExactly("reader idle 1", "reader idle 2");
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      counts.clear();
      assertThat(counts.take()).isEqualTo("reader idle 1");
    }
  }

  /** The listener's timeout needs no idle time in the session's config. */
  @Test
  void anIdleTimeoutEndsTheSessionWithoutSessionIdle() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionIdle(IoSession session, IdleStatus status) {
            calls.incrementAndGet();
          }
        };
    try (Server server =
        Servers.with(
            Servers.lineProtocol(handler), config -> config.limit(Limits.IDLE_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        Servers.awaitManaged(server, 1);
        clock.advance(SHORT.plusMillis(1));
        assertThat(peer.rest()).isEmpty();
        assertThat(calls).hasValue(0);
      }
    }
  }

  @Test
  void anIdleSessionIsClosedButNotWhileAnAnswerIsPending() throws Exception {
    BlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();
    BlockingQueue<FrameException> refused = new LinkedBlockingQueue<>();
    AnswerHandler<String, String> late =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            CompletableFuture<String> later = new CompletableFuture<>();
            asked.add(later);
            return Answer.later(later);
          }

          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            refused.add(cause);
            return Answer.of("idle");
          }
        };
    try (Server server =
        Servers.with(
            Servers.lineProtocol(late), config -> config.limit(Limits.IDLE_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer waiting = Servers.peer(server);
          Peer idle = Servers.peer(server)) {
        waiting.send("a\n");
        CompletableFuture<String> answer = asked.take();
        Servers.awaitManaged(server, 2);
        clock.advance(SHORT.plusMillis(1));
        assertThat(idle.rest()).isEqualTo("idle\n");
        // Other exceptions belong to no session.
        assertThat(refused).last().isInstanceOf(DeadlineException.class);
        int refusedBefore = refused.size();
        idle.close();
        clock.advance(SHORT.multipliedBy(5));
        answer.complete("b");
        assertThat(waiting.line()).isEqualTo("b");
        clock.advance(SHORT);
        assertThat(refused).hasSize(refusedBefore);
        clock.advance(1);
        assertThat(waiting.rest()).isEqualTo("idle\n");
      }
    }
  }

  /** A server that sends without requests needs no first frame. */
  @Test
  void aSessionThatReceivesDataIsNotLate() throws Exception {
    try (Server server =
        Servers.with(
            new ChargenProtocol(),
            config ->
                config
                    .limit(Limits.FIRST_FRAME_TIMEOUT, SHORT)
                    .limit(Limits.IDLE_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        IoSession session = Servers.session(server);
        for (int i = 0; i < 20; i++) {
          readUntilMoreIsSent(peer, session);
          clock.advance(SHORT.dividedBy(2));
          assertIsOpen(session);
        }
      }
    }
  }

  @Test
  void aPeerThatTakesTooLittleIsCutAndASlowReaderIsNot() throws Exception {
    try (Server server =
            Servers.with(
                new ChargenProtocol(),
                config ->
                    config
                        .limit(Limits.OUTBOUND_RATE, 1024)
                        .limit(Limits.OUTBOUND_WINDOW, Duration.ofMillis(500)));
        Logs logs = Logs.capture()) {
      TestClock clock = TestClock.of(server);
      Peer slow = Servers.peer(server);
      IoSession slowly = Servers.session(server);
      try (Peer stalled = Servers.peer(server)) {
        stalled.read();
        while (Servers.loops(server).sessionCount() > 1) {
          readUntilMoreIsSent(slow, slowly);
          clock.advance(100);
        }
        // The kernel keeps no data for the cut peer: after a plain close it would still send its
        // data, and then a FIN.
        assertThatThrownBy(stalled::rest).hasMessageContaining("reset");
      }
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .containsPattern(
              "reason=slow_reader detail=\"the peer accepted \\d+ bytes in 500 ms while data waited to be sent, fewer than 512");
      assertThat(slow.bytes(200_000)).hasSize(200_000);
      slow.close();
    }
  }

  /** Holds back sessions with much to send, until the test lets them through. */
  private static final class Holding extends IoFilterAdapter {

    private final CompletableFuture<Runnable> through = new CompletableFuture<>();
    private final @Nullable Duration idle;

    Holding(@Nullable Duration idle) {
      this.idle = idle;
    }

    @Override
    public void sessionCreated(NextFilter next, IoSession session) {
      if (idle != null) {
        Sessions.setIdleTimeout(session, idle);
      }
      ((SocketSessionConfig) session.getConfig()).setSendBufferSize(4096);
      IoBuffer much = IoBuffer.allocate(Servers.MORE_THAN_ITS_ROOM);
      next.filterWrite(session, new DefaultWriteRequest(much));
      through.complete(
          () -> {
            next.sessionCreated(session);
            next.sessionOpened(session);
          });
    }

    @Override
    public void sessionOpened(NextFilter next, IoSession session) {
      // with its creation
    }
  }

  /** Deadlines may begin while data already waits, or earlier because of the idle timeout. */
  @ParameterizedTest
  @CsvSource({"10, 0, true", "10, 600, true", "300, 0, false", "300, 600, false"})
  void theWindowBeginsWithTheDeadlines(int window, int idle, boolean isCut) throws Exception {
    Holding holding = new Holding(idle == 0 ? null : Duration.ofSeconds(idle));
    try (Server server =
        Servers.onOneLoop(
            Servers.lineProtocol(new IoHandlerAdapter()),
            listener ->
                listener
                    .limit(Limits.OUTBOUND_RATE, 1)
                    .limit(Limits.OUTBOUND_WINDOW, Duration.ofSeconds(window)))) {
      Servers.acceptor(server).getFilterChain().addBefore(FilterNames.CODEC, "holding", holding);
      try (Peer stalled = Peer.connect(Servers.endpoint(server), 4096)) {
        IoSession session = Servers.session(server);
        TestClock clock = TestClock.of(server);
        Servers.awaitRounds(session);
        EventLoop.onLoopOf(session, holding.through.join());
        clock.advance(1000);
        clock.advance(40_000);
        clock.advance(1000);
        assertThat(Sessions.endReason(session)).isEqualTo(isCut ? EndReason.SLOW_READER : null);
      }
    }
  }

  /** Data that a peer sent while another session's handler blocked the loop has come in time. */
  @Test
  void aPeerThatSentWhileTheLoopWasBlockedIsNotLate() throws Exception {
    CountDownLatch heldUp = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              if (line.equals("block")) {
                heldUp.countDown();
                Servers.await(goesOn);
              }
              return line;
            });
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler))
            .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ofSeconds(1))
            .build();
    ServerConfig config = ServerConfig.builder().eventLoops(1).listener(listener).build();
    try (Server server = new Server(config).start()) {
      TestClock clock = TestClock.of(server);
      Peer inTime = Servers.peer(server);
      Servers.session(server);
      try (Peer blocking = Servers.peer(server)) {
        blocking.send("block\n");
        heldUp.await();
        inTime.send("a\n");
        clock.pass(Duration.ofMillis(1500)); // longer than the deadline
        goesOn.countDown();
        assertThat(inTime.line()).isEqualTo("a");
      }
      inTime.close();
    }
  }

  /** A thousand sessions are more than one share of the sweep. */
  @Test
  void allLateSessionsAreClosed() throws Exception {
    try (Server server =
        greeting(
            config ->
                config
                    .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ofMillis(50))
                    .limit(Limits.CONNECTIONS_PER_ADDRESS, 3000))) {
      TestClock clock = TestClock.of(server);
      List<Peer> peers = new ArrayList<>();
      for (int i = 0; i < 2500; i++) {
        peers.add(Servers.peer(server));
      }
      for (Peer peer : peers) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
      }
      clock.advance(51);
      for (Peer peer : peers) {
        assertThat(peer.rest()).isEqualTo("ERR no first frame for 50 ms\n");
        peer.close();
      }
      Servers.awaitNobody(server);
    }
  }

  @Test
  void withoutDeadlinesThereIsNoFilter() throws Exception {
    UnaryOperator<ListenerConfig.Builder> none =
        config ->
            config
                .limit(Limits.FIRST_FRAME_TIMEOUT, Duration.ZERO)
                .limit(Limits.FRAME_TIMEOUT, Duration.ZERO)
                .limit(Limits.IDLE_TIMEOUT, Duration.ZERO)
                .limit(Limits.OUTBOUND_RATE, 0);
    try (Server server = greeting(none);
        Server one = greeting(config -> none.apply(config).limit(Limits.IDLE_TIMEOUT, LONG));
        Peer unused = Servers.peer(server);
        Peer other = Servers.peer(one)) {
      assertThat(SessionState.of(Servers.session(server)).deadlines()).isNull();
      assertThat(SessionState.of(Servers.session(one)).deadlines()).isNotNull();
    }
  }

  /** The deadline is never early: the time begins with the frame. */
  @Test
  void aFrameJustWithinItsDeadlineIsNotLate() throws Exception {
    Duration deadline = Duration.ofSeconds(1);
    try (Server server =
        Servers.with(
            Servers.lineProtocol(AnswerHandler.<String, String>of((session, line) -> line)),
            config -> config.limit(Limits.FRAME_TIMEOUT, deadline))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        IoSession session = Servers.session(server);
        for (int i = 0; i < 4; i++) {
          sendAndAwait(peer, "a", session);
          clock.advance(deadline);
          assertThat(peer.send("\n").line()).isEqualTo("a");
          clock.advance(77L * i);
        }
      }
    }
  }

  /** The time is the peer's: it stops while this side does not read. */
  @Test
  void theDeadlineOfAFrameContinuesWhenReadingDoes() throws Exception {
    try (Server server = greeting(config -> config.limit(Limits.FRAME_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
        IoSession session = Servers.session(server);
        sendAndAwait(peer, "unfinished", session);
        session.suspendRead();
        clock.advance(SHORT.multipliedBy(3));
        assertIsOpen(session);
        session.resumeRead();
        Servers.awaitRounds(session);
        clock.advance(SHORT);
        assertIsOpen(session);
        clock.advance(1);
        assertThat(peer.rest()).isEqualTo("ERR frame not complete after 200 ms\n");
      }
    }
  }

  /** A session that is pushed to is such a case: it is suspended and read again with each share. */
  @Test
  void aFrameIsLateThoughReadingIsSuspendedAgainAndAgain() throws Exception {
    try (Server server = greeting(config -> config.limit(Limits.FRAME_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
        IoSession session = Servers.session(server);
        sendAndAwait(peer, "unfinished", session);
        for (int i = 0; i < 4; i++) {
          clock.advance(SHORT.dividedBy(4));
          assertIsOpen(session);
          session.suspendRead();
          clock.advance(SHORT);
          session.resumeRead();
          Servers.awaitRounds(session);
        }
        clock.advance(1);
        assertThat(peer.rest()).isEqualTo("ERR frame not complete after 200 ms\n");
      }
    }
  }

  /** A request was in flight and then ended, without a byte of an answer. */
  @Test
  void theIdleTimeBeginsWhenTheLastAnswerIsOver() throws Exception {
    BlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();
    AnswerHandler<String, String> silent =
        AnswerHandler.later(
            line -> {
              CompletableFuture<String> later = new CompletableFuture<>();
              asked.add(later);
              return later;
            });
    try (Server server =
        Servers.with(
            Servers.lineProtocol(silent), config -> config.limit(Limits.IDLE_TIMEOUT, SHORT))) {
      TestClock clock = TestClock.of(server);
      try (Peer peer = Servers.peer(server)) {
        peer.send("a\n");
        CompletableFuture<String> answer = asked.take();
        IoSession session = Servers.session(server);
        clock.advance(SHORT.minusMillis(1));
        answer.complete(null);
        Servers.awaitRounds(session);
        clock.advance(SHORT);
        assertIsOpen(session);
        clock.advance(1);
        assertThat(peer.rest()).isEmpty();
      }
    }
  }

  /** The thread of a session's handler may run after the check that found the session idle. */
  @Test
  void anIdlePeerIsNotifiedByAHandlerOnAnotherThread() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            if (cause instanceof DeadlineException) { // other exceptions belong to no session
              Servers.await(goesOn);
            }
            return Answer.of("late");
          }
        };
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                config -> config.executorThreads(1).limit(Limits.IDLE_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      TestClock clock = TestClock.of(server);
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      clock.advance(SHORT.plusMillis(50));
      goesOn.countDown();
      assertThat(peer.rest()).isEqualTo("late\n");
    }
  }

  /** A filter of the protocol may swallow the exception that ends a session. */
  @Test
  void aSessionWhoseFaultAFilterSwallowsIsCutWhenIdle() throws Exception {
    IoFilterAdapter keeps =
        new IoFilterAdapter() {
          @Override
          public void exceptionCaught(NextFilter next, IoSession session, Throwable cause) {
            // filters above do not see the exception
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(AnswerHandler.<String, String>of(line -> line)),
            (chain, side) -> chain.addLast("keeps", keeps));
    try (Server server =
            Servers.with(protocol, config -> config.limit(Limits.IDLE_TIMEOUT, SHORT));
        Peer peer = Servers.peer(server)) {
      TestClock clock = TestClock.of(server);
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      clock.advanceUntil("its end", 50, () -> Servers.loops(server).sessionCount() == 0);
    }
  }

  private static void assertIsOpen(IoSession session) {
    assertThat(session.isConnected()).isTrue();
    assertThat(SessionLifecycle.of(session).isEnding()).isFalse();
  }

  /** Sends a part of a frame, and waits until the server has it. */
  private static void sendAndAwait(Peer peer, String part, IoSession session) throws IOException {
    long before = session.getReadBytes();
    peer.send(part);
    Await.until("bytes", session::getReadBytes, now -> now == before + part.length());
    Servers.awaitRounds(session);
  }

  private static void readUntilMoreIsSent(Peer peer, IoSession session) throws IOException {
    long before = session.getWrittenBytes();
    do {
      assertThat(peer.bytes(50_000)).hasSize(50_000);
    } while (session.getWrittenBytes() == before);
  }
}
