package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.codec.FrameException;
import parley.codec.LengthFieldCodecFactory;
import parley.internal.loop.TestClock;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Sessions;
import parley.proxy.ProxyConfig;
import parley.session.EndReason;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** Each end has its reason, which the handler may query. */
class EndReasonTest {

  private static final Duration SHORT = Duration.ofMillis(40);

  /** An action of the peer or of this side on a session. */
  private interface Act {
    void on(Peer peer, IoSession session, Server server) throws Exception;
  }

  /** An end reason, the listener's configuration, and the action that causes the end. */
  private record End(EndReason reason, UnaryOperator<ListenerConfig.Builder> in, Act act) {

    @Override
    public String toString() {
      return reason.label();
    }
  }

  private static End end(EndReason reason, Act act) {
    return end(reason, listener -> listener, act);
  }

  private static End end(EndReason reason, UnaryOperator<ListenerConfig.Builder> in, Act act) {
    return new End(reason, in, act);
  }

  static List<End> ends() {
    return List.of(
        end(EndReason.PEER, (peer, session, server) -> peer.halfClose()),
        end(EndReason.CLOSED, (peer, session, server) -> session.closeOnFlush()),
        end(EndReason.CLOSED, (peer, session, server) -> session.closeNow()),
        end(EndReason.LAST_ANSWER, (peer, session, server) -> peer.send("last\n")),
        end(EndReason.DRAIN, (peer, session, server) -> server.drain()),
        end(
            EndReason.IDLE_TIMEOUT,
            listener -> listener.limit(Limits.IDLE_TIMEOUT, SHORT),
            (peer, session, server) -> {}),
        end(
            EndReason.FIRST_FRAME_TIMEOUT,
            listener -> listener.limit(Limits.FIRST_FRAME_TIMEOUT, SHORT),
            (peer, session, server) -> {}),
        end(
            EndReason.FRAME_TIMEOUT,
            listener -> listener.limit(Limits.FRAME_TIMEOUT, SHORT),
            (peer, session, server) -> peer.send("half a line")),
        end(
            EndReason.ANSWER_TIMEOUT,
            listener -> listener.limit(Limits.ANSWER_TIMEOUT, SHORT),
            (peer, session, server) -> peer.send("never\n")),
        end(EndReason.REFUSED, (peer, session, server) -> peer.send(new byte[] {-1, '\n'})),
        end(EndReason.FAULT, (peer, session, server) -> peer.send("fault\n")),
        end(EndReason.RESET, (peer, session, server) -> peer.reset()),
        end(
            EndReason.SLOW_READER,
            listener ->
                listener
                    .limit(Limits.OUTBOUND_RATE, 1 << 20)
                    .limit(Limits.OUTBOUND_WINDOW, Duration.ofMillis(100)),
            (peer, session, server) -> session.write(IoBuffer.allocate(32 << 20))),
        end(
            EndReason.OUTBOUND_LIMIT,
            (peer, session, server) -> {
              for (int i = 0; i < 3; i++) {
                session.write(IoBuffer.allocate(32 << 20));
              }
            }));
  }

  private static AnswerHandler<String, String> handler(CompletableFuture<EndReason> reason) {
    return new AnswerHandler<>() {
      @Override
      protected Answer<String> answer(IoSession session, String line) {
        return switch (line) {
          case "last" -> Answer.last(line);
          case "never" -> Answer.later(new CompletableFuture<>());
          case "fault" -> throw new IllegalStateException("a test's failure");
          default -> Answer.of(line);
        };
      }

      @Override
      protected Answer<String> refusal(IoSession session, FrameException cause) {
        return Answer.of("ERR");
      }

      @Override
      public void sessionClosed(IoSession session) {
        reason.complete(Sessions.endReason(session));
      }
    };
  }

  @ParameterizedTest
  @MethodSource("ends")
  void aHandlerFindsItsReason(End end) throws Exception {
    CompletableFuture<EndReason> got = new CompletableFuture<>();
    ListenerConfig listener =
        end.in()
            .apply(ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler(got))))
            .build();
    ServerConfig config = // otherwise each would wait two seconds for a peer that does not close
        ServerConfig.builder().listener(listener).closeTimeout(SHORT).build();
    try (Server server = new Server(config).start();
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      TestClock clock = TestClock.of(server);
      end.act().on(peer, session, server);
      clock.advanceUntil("its end", 10, got::isDone);
      assertThat(got.get()).isEqualTo(end.reason());
    }
  }

  /** The answer finds the session closing, and is not sent, which is not a fault. */
  @Test
  void anAnswerThatComesWhileAFilterDelaysTheCloseIsNotTheReason() throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<EndReason> reason = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            asked.countDown();
            return Answer.later(answer);
          }

          @Override
          public void sessionClosed(IoSession session) {
            reason.complete(Sessions.endReason(session));
          }
        };
    IoFilterAdapter answering =
        new IoFilterAdapter() {
          @Override
          public void filterClose(NextFilter next, IoSession session) throws Exception {
            answer.complete("too late");
            Servers.awaitRounds(session);
            next.filterClose(session);
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(handler), (chain, side) -> chain.addLast("answering", answering));
    try (Server server = Servers.of(protocol);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      asked.await();
      Servers.session(server).closeNow();
      assertThat(reason.get()).isEqualTo(EndReason.CLOSED);
    }
  }

  /** The handler was never notified of the session. */
  @Test
  void aMissingHeader() throws Exception {
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler(new CompletableFuture<>())),
                listener ->
                    listener
                        .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1"))
                        .proxyProtocol(ProxyConfig.TIMEOUT, SHORT));
        Peer unused = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      TestClock.of(server).advanceUntil("its end", 10, session.getCloseFuture()::isClosed);
      assertThat(Sessions.endReason(session)).isEqualTo(EndReason.HANDSHAKE_TIMEOUT);
    }
  }

  @Test
  void anEndInsideAFrame() throws Exception {
    CompletableFuture<EndReason> got = new CompletableFuture<>();
    Protocol<byte[], byte[]> protocol =
        Protocol.withHandler("frames", new LengthFieldCodecFactory(4), handler(got));
    try (Server server = Servers.of(protocol);
        Peer peer = Servers.peer(server)) {
      peer.send(new byte[] {0, 0, 0, 9, 1}).halfClose();
      assertThat(got.get()).isEqualTo(EndReason.CUT_SHORT);
    }
  }

  @Test
  void noReasonIsLeftOut() {
    Set<EndReason> tested = EnumSet.of(EndReason.HANDSHAKE_TIMEOUT, EndReason.CUT_SHORT);
    ends().forEach(end -> tested.add(end.reason()));
    assertThat(tested).isEqualTo(EnumSet.allOf(EndReason.class));
  }
}
