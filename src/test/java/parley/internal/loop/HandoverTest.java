package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.codec.FrameEncoder;
import parley.internal.tls.Certs;
import parley.internal.tls.TlsPeer;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.Sessions;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.session.Watermark;
import parley.testing.Await;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * Calls of other threads on a session, including edge cases: a loop without a thread, an encoder.
 */
class HandoverTest {

  /**
   * The loop's thread has ended, so a step that waited for the answer runs on the thread that
   * completes the answer.
   */
  @Test
  void aStepThatWaitsForAnAnswerRunsWhenTheSessionIsGone() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> answer = new CompletableFuture<>();
    AnswerHandler<String, String> later =
        AnswerHandler.later(
            line -> {
              asked.countDown();
              return answer;
            });
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      asked.await();
      IoSession session = Servers.session(server);
      Servers.awaitRounds(session);
      CompletableFuture<Long> depth = new CompletableFuture<>();
      InFlight.of(session)
          .whenNone(() -> depth.complete(StackWalker.getInstance().walk(Stream::count)));
      session.closeNow().await();
      Await.until("no thread", () -> EventLoop.of(session).thread() == null);
      assertThat(Handover.isNeeded(session)).isFalse(); // otherwise needed again and again
      answer.complete("too late");
      assertThat(depth.getNow(null)).as("the depth of its stack").isLessThan(300);
      assertThat(InFlight.of(session).count()).isZero();
    }
  }

  /** An example is an encoder that counts messages and completes a future for a waiting caller. */
  @Test
  void anAnswerThatCompletesInsideAnEncoderIsSentAfterThatMessage() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    AnswerHandler<Byte, String> handler =
        AnswerHandler.inAnyOrder(
            (session, frame) -> frame == '1' ? Answer.later(first) : Answer.of("two"));
    FrameEncoder<String> encoder =
        (message, out) -> {
          if (message.equals("two")) {
            first.complete("one");
          }
          out.put((message + "\n").getBytes(StandardCharsets.UTF_8));
        };
    try (Server server = Servers.of(bytesAnd(encoder, handler));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("12").halfClose().rest()).isEqualTo("two\none\n");
    }
  }

  /** Each byte is a frame. */
  private static Protocol<?, ?> bytesAnd(FrameEncoder<String> encoder, IoHandler handler) {
    Codec<Byte, String> codec =
        new FrameCodecFactory<>(
            () ->
                new FrameDecoder<Byte>(1) {
                  @Override
                  protected Byte readFrame(IoBuffer in) {
                    return in.get();
                  }
                },
            encoder);
    return Protocol.<Object>withHandler("test", Codec.of(codec), handler);
  }

  /** Another thread writes while the first of them is encoded. */
  @Test
  void nothingIsWrittenBetweenTheMessagesOfOneAnswer() throws Exception {
    CompletableFuture<IoSession> its = new CompletableFuture<>();
    FrameEncoder<String> encoder =
        (message, out) -> {
          if (message.equals("a")) {
            CompletableFuture.runAsync(() -> its.join().write("push")).join();
          }
          out.put((message + "\n").getBytes(StandardCharsets.UTF_8));
        };
    AnswerHandler<Byte, String> handler =
        AnswerHandler.deciding(
            (session, frame) -> {
              its.complete(session);
              return Answer.several(List.of("a", "b"));
            });
    try (Server server = Servers.of(bytesAnd(encoder, handler));
        Peer peer = Servers.peer(server)) {
      peer.send("1");
      assertThat(peer.line() + peer.line() + peer.line()).isEqualTo("abpush");
    }
  }

  /** Keeps the filter chain's entry below it, which is below the codec. */
  private static final class Below extends IoFilterAdapter {
    final CompletableFuture<NextFilter> next = new CompletableFuture<>();

    @Override
    public void sessionOpened(NextFilter itsNext, IoSession session) {
      next.complete(itsNext);
      itsNext.sessionOpened(session);
    }

    void write(IoSession session, WriteRequest request) {
      next.join().filterWrite(session, request);
    }
  }

  private static Server serve(Below below, boolean encrypted) throws Exception {
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(new IoHandlerAdapter()),
            (chain, side) -> chain.addBefore(FilterNames.CODEC, "below", below));
    ListenerConfig.Builder listener =
        encrypted
            ? Certs.listener(protocol)
            : ListenerConfig.builder("test", Servers.FREE, protocol);
    return new Server(ServerConfig.builder().listener(listener.build()).build()).start();
  }

  private static String firstThree(Server server, boolean encrypted, Runnable write)
      throws Exception {
    if (encrypted) {
      try (TlsPeer peer = TlsPeer.connect(server, "TLSv1.3").handshake()) {
        write.run();
        return peer.line() + peer.line() + peer.line();
      }
    }
    try (Peer peer = Servers.peer(server)) {
      write.run();
      return peer.line() + peer.line() + peer.line();
    }
  }

  /** A filter below the codec has a thread of its own. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theWritesOfAThreadKeepTheirOrderWhereverInTheChain(boolean encrypted) throws Exception {
    Below below = new Below();
    try (Server server = serve(below, encrypted)) {
      Runnable write =
          () -> {
            below.next.join();
            IoSession session = Servers.session(server);
            CountDownLatch goesOn = new CountDownLatch(1);
            EventLoop.onLoopOf(session, () -> Servers.await(goesOn)); // all are taken at once
            session.write("a");
            below.write(session, new DefaultWriteRequest(IoBuffer.wrap(new byte[] {'b', '\n'})));
            session.write("c");
            goesOn.countDown();
          };
      assertThat(firstThree(server, encrypted, write)).isEqualTo("abc");
    }
  }

  @Test
  void aWriteThatCannotBeHandedDownFails() throws Exception {
    Below below = new Below();
    try (Server server = serve(below, true);
        TlsPeer unused = TlsPeer.connect(server, "TLSv1.3").handshake()) {
      below.next.join();
      IoSession session = Servers.session(server);
      WriteFuture written = new DefaultWriteFuture(session);
      below.write(session, new DefaultWriteRequest("no bytes", written));
      assertThat(written.await().getException()).hasMessageContaining("String");
    }
  }

  /** Its encoder shrinks messages a lot, so the loop never sees the size that the pusher saw. */
  @Test
  void aPusherAboveTheWatermarkIsNotifiedWhenTheSessionIsLowAgain() throws Exception {
    FrameEncoder<String> encoder = (message, out) -> out.put((byte) message.length());
    List<FilterEvent> events = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch low = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void event(IoSession session, FilterEvent event) {
            events.add(event);
            if (event == Watermark.AT_LOW) {
              low.countDown();
            }
          }
        };
    try (Server server =
            Servers.with(
                bytesAnd(encoder, handler),
                listener ->
                    listener
                        .limit(Limits.OUTBOUND_HIGH, 100_000)
                        .limit(Limits.OUTBOUND_LOW, 50_000));
        Peer unused = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      CountDownLatch goesOn = new CountDownLatch(1);
      EventLoop.onLoopOf(session, () -> Servers.await(goesOn));
      while (!Sessions.isAboveHigh(session)) {
        session.write("x".repeat(10_000));
      }
      goesOn.countDown();
      low.await();
      assertThat(events).containsExactly(Watermark.values());
      assertThat(Sessions.isAboveHigh(session)).isFalse();
    }
  }

  /** MINA counted the messages at their write, and the session ends before its loop has them. */
  @Test
  void minasCountersAreRightForMessagesHandedOverToAnEndedSession() throws Exception {
    Below below = new Below();
    try (Server server = serve(below, false);
        Peer unused = Servers.peer(server)) {
      var statistics = Servers.acceptor(server).getStatistics();
      statistics.getConfig().setStatisticsCalcEnabled(true);
      statistics.getConfig().setScheduledWriteMessagesCalcEnabled(true);
      below.next.join();
      AbstractIoSession session = (AbstractIoSession) Servers.session(server);
      CountDownLatch goesOn = new CountDownLatch(1);
      EventLoop.onLoopOf(session, () -> Servers.await(goesOn));
      EventLoop.onLoopOf(session, session::closeNow);
      List<WriteFuture> futures = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        WriteFuture written = new DefaultWriteFuture(session);
        futures.add(written);
        below.write(session, new DefaultWriteRequest(IoBuffer.wrap(new byte[4]), written));
      }
      assertThat(session.getScheduledWriteBytes()).isEqualTo(40);
      goesOn.countDown();
      for (WriteFuture written : futures) {
        assertThat(written.await().isWritten()).isFalse();
      }
      assertThat(session.getScheduledWriteBytes()).isZero();
      assertThat(session.getScheduledWriteMessages()).isZero();
      assertThat(statistics.getScheduledWriteBytes()).isZero();
      assertThat(statistics.getScheduledWriteMessages()).isZero();
    }
  }
}
