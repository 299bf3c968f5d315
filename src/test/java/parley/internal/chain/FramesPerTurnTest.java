package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Peer.numbers;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.internal.loop.EventLoop;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * A session's frames wait for another turn beyond its share, and while its peer reads too little.
 */
class FramesPerTurnTest {

  private static Protocol<String, String> protocol(
      boolean minas, BiFunction<IoSession, String, Answer<String>> answer) {
    AnswerHandler<String, String> handler = AnswerHandler.deciding(answer);
    return minas
        ? Protocol.of("minas", Codec.of(new TextLineCodecFactory(), String.class), handler)
        : Servers.lineProtocol(handler);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allAreAnsweredInOrderAlsoBeforeTheEndOfStream(boolean minas) throws Exception {
    try (Server server =
            Servers.onOneLoop(
                protocol(minas, (session, line) -> Answer.of(line)),
                config -> config.limit(Limits.FRAMES_PER_TURN, 3));
        Peer peer = Servers.peer(server)) {
      CompletableFuture<byte[]> all = CompletableFuture.supplyAsync(peer::bytes);
      peer.send(numbers(20_000)).halfClose();
      assertThat(new String(all.get(), StandardCharsets.UTF_8).replace("\r", ""))
          .isEqualTo(numbers(20_000));
    }
  }

  @Test
  void anotherSessionIsServedBetweenTwoTurns() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    BiFunction<IoSession, String, Answer<String>> answer =
        (session, line) -> {
          if (line.equals("hold")) {
            held.countDown();
            Servers.await(goesOn);
          }
          order.add(line);
          return Answer.of(line);
        };
    try (Server server =
            Servers.onOneLoop(
                protocol(false, answer), config -> config.limit(Limits.FRAMES_PER_TURN, 10));
        Peer holding = Servers.peer(server);
        Peer flood = Servers.peer(server);
        Peer quiet = Servers.peer(server)) {
      flood.send("x\n").line();
      quiet.send("x\n").line();
      holding.send("hold\n");
      held.await();
      flood.send("f\n".repeat(2000));
      quiet.send("quiet\n");
      goesOn.countDown();
      assertThat(quiet.line()).isEqualTo("quiet");
      for (int i = 0; i < 2000; i++) {
        assertThat(flood.line()).isEqualTo("f");
      }
      assertThat(List.copyOf(order).indexOf("quiet")).isLessThan(30);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPeerThatReadsNothingIsNotServedUntilItReads(boolean minas) throws Exception {
    String big = "x".repeat(50_000);
    AtomicLong most = new AtomicLong();
    AtomicLong handled = new AtomicLong();
    BiFunction<IoSession, String, Answer<String>> answer =
        (session, line) -> {
          most.accumulateAndGet(session.getScheduledWriteBytes(), Math::max);
          handled.incrementAndGet();
          return Answer.of(big);
        };
    try (Server server =
            Servers.onOneLoop(
                protocol(minas, answer),
                config ->
                    config
                        .limit(Limits.OUTBOUND_HIGH, 300_000)
                        .limit(Limits.OUTBOUND_LOW, 100_000));
        Peer peer = Servers.peer(server)) {
      peer.send("a\n".repeat(1000));
      IoSession session = Servers.session(server);
      Await.until("bytes", session::getScheduledWriteBytes, bytes -> bytes >= 300_000);
      assertThat(handled.get()).isLessThan(1000);
      peer.halfClose();
      assertThat(peer.rest().replace("\r", "")).hasSize(1000 * 50_001);
      assertThat(most.get()).isLessThan(500_000);
    }
  }

  @Test
  void aDrainAnswersWaitingFrames() throws Exception {
    try (Server server =
            Servers.onOneLoop(
                protocol(false, (session, line) -> Answer.of(line)),
                config -> config.limit(Limits.FRAMES_PER_TURN, 1));
        Peer peer = Servers.peer(server)) {
      peer.send("first\n").line();
      CompletableFuture<byte[]> all = CompletableFuture.supplyAsync(peer::bytes);
      peer.send("f\n".repeat(5000));
      server.drain().get();
      int answered = all.get().length / 2;
      assertThat(answered).isEqualTo(5000);
    }
  }

  @Test
  void afterALastAnswerNothingIsHandled() throws Exception {
    AtomicLong handled = new AtomicLong();
    try (Server server =
            Servers.onOneLoop(
                protocol(
                    false,
                    (session, line) ->
                        handled.incrementAndGet() == 5 ? Answer.last("bye") : Answer.of(line)),
                config -> config.limit(Limits.FRAMES_PER_TURN, 2));
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(100));
      assertThat(peer.rest()).isEqualTo("0\n1\n2\n3\nbye\n");
      assertThat(handled.get()).isEqualTo(5);
    }
  }

  @Test
  void aSessionThatHoldsMoreThanTheLimitIsCut() throws Exception {
    try (Server server =
            Servers.onOneLoop(
                protocol(false, (session, line) -> Answer.of(line.repeat(2_000_000))),
                config -> config.limit(Limits.OUTBOUND_MOST, 2_000_000));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      peer.send("abcdefghij\n");
      assertThat(peer.readUntilTheEnd()).isLessThan(20_000_000);
      assertThat(logs.atLeast("INFO"))
          .anyMatch(line -> line.contains("reason=outbound_limit detail=\"too much"));
    }
  }

  @Test
  void aHandlerGetsNoEventAfterTheEndOfItsSession() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }

          @Override
          public void messageSent(IoSession session, Object line) {
            session.closeNow(); // others wait for the next turn
          }

          @Override
          public void event(IoSession session, FilterEvent event) {
            events.add(event.toString());
          }

          @Override
          public void sessionClosed(IoSession session) {
            events.add("closed");
            closed.countDown();
          }
        };
    try (Server server =
            Servers.onOneLoop(
                Servers.lineProtocol(handler), config -> config.limit(Limits.FRAMES_PER_TURN, 1));
        Peer other = Servers.peer(server)) {
      EventLoop loop = EventLoop.of(Servers.session(server)); // it keeps running
      try (Peer peer = Servers.peer(server)) {
        peer.send("1\n2\n3\n");
        closed.await();
        for (int i = 0; i < 3; i++) {
          CountDownLatch round = new CountDownLatch(1);
          loop.execute(round::countDown);
          round.await();
        }
      }
      assertThat(events).containsExactly("closed");
    }
  }

  /** A condition that is checked before a frame continues must hold when it continues. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSlowReaderGetsEachAnswer(boolean minas) throws Exception {
    String big = " " + "x".repeat(50_000);
    try (Server server =
            Servers.onOneLoop(
                protocol(minas, (session, line) -> Answer.of(line + big)),
                config ->
                    config
                        .limit(Limits.OUTBOUND_HIGH, 300_000)
                        .limit(Limits.OUTBOUND_LOW, 100_000));
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(1000)).halfClose();
      for (int i = 0; i < 1000; i++) {
        assertThat(peer.line()).startsWith(i + " ");
        Pace.pause(1); // a slow reader
      }
    }
  }
}
