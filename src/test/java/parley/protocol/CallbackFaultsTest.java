package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.FrameException;
import parley.internal.loop.TestClock;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** A protocol's own code that throws, completes or cancels in a callback harms only its session. */
class CallbackFaultsTest {

  @ParameterizedTest
  @CsvSource({"0,true", "0,false", "1,true", "1,false"})
  void aRefusalThatThrowsEndsTheSession(int threads, boolean isLater) throws Exception {
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            return Answer.later(CompletableFuture.failedFuture(new FrameException("a test's")));
          }

          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            if (isLater) {
              return Answer.later(new CompletableFuture<>());
            }
            throw new IllegalStateException("a test's failure");
          }
        };
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler), listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nb\nc\n").rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void timedOutMayCancelTheLateCall(int threads) throws Exception {
    CompletableFuture<String> call = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            return line.equals("call") ? Answer.later(call) : Answer.of(line);
          }

          @Override
          protected Answer<String> timedOut(IoSession session, String line) {
            call.cancel(true);
            return Answer.of("LATE");
          }
        };
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener ->
                    listener
                        .executorThreads(threads)
                        .limit(Limits.ANSWER_TIMEOUT, Duration.ofMillis(40)));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\ncall\nb\n").line()).isEqualTo("a");
      assertThat(TestClock.of(server).restOf(peer)).isEqualTo("LATE\n");
    }
  }

  /** The last answer in flight calls it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anExceptionInInputClosedLosesNoAnswer(int threads) throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            return line.equals("first") ? Answer.later(first) : Answer.of(line);
          }

          @Override
          public void inputClosed(IoSession session) {
            throw new AssertionError("a test's failure");
          }
        };
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler), listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      peer.send("first\nsecond\n").halfClose();
      IoSession session = Servers.session(server);
      Servers.awaitRounds(session);
      first.complete("one");
      assertThat(peer.rest()).isEqualTo("one\nsecond\n");
    }
  }

  /** MINA's encoder gets no buffer from the turn, but its session still has only one turn. */
  @Test
  void anAnswerThatCompletesInsideAnEncoderOfMinaWaitsForItsEnd() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ProtocolEncoder encoder =
        new ProtocolEncoderAdapter() {
          @Override
          public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            out.write(IoBuffer.wrap(("<" + message).getBytes(StandardCharsets.UTF_8)));
            if (message.equals("two")) {
              first.complete("one");
            }
            out.write(IoBuffer.wrap(">\n".getBytes(StandardCharsets.UTF_8)));
            inside.decrementAndGet();
          }
        };
    AnswerHandler<String, String> handler =
        AnswerHandler.inAnyOrder(
            (session, line) -> line.equals("1") ? Answer.later(first) : Answer.of("two"));
    try (Server server = Servers.of(AnswerPlaceTest.encodedBy(encoder, handler));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("1\n2\n").halfClose().rest()).isEqualTo("<two>\n<one>\n");
      assertThat(most).hasValue(1);
    }
  }

  /**
   * In that chain no filter below handles the engine's events, which used to return from the
   * executor repeatedly.
   */
  @Test
  void theEnginesEventsDoNotLoopWithAnotherCodec() throws Exception {
    AtomicInteger events = new AtomicInteger();
    IoFilterAdapter counts =
        new IoFilterAdapter() {
          @Override
          public void event(NextFilter next, IoSession session, FilterEvent event)
              throws Exception {
            events.incrementAndGet();
            next.event(session, event);
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(AnswerHandler.<String, String>of(line -> line)),
            (chain, side) -> {
              chain.replace(
                  FilterNames.CODEC,
                  new ProtocolCodecFilter(new TextLineCodecFactory(StandardCharsets.UTF_8)));
              chain.addAfter(FilterNames.DRAIN, "counts", counts);
            });
    int most = 0;
    for (int i = 0; i < 20; i++) {
      events.set(0);
      try (Server server = Servers.with(protocol, listener -> listener.executorThreads(1));
          Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\nb\n").halfClose().rest()).isEqualTo("a\nb\n");
      }
      most = Math.max(most, events.get());
    }
    assertThat(most).as("events for two lines").isLessThan(20);
  }
}
