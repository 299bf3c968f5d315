package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.internal.loop.InFlight;
import parley.internal.loop.TestClock;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A session whose handler has threads of its own ends as it does on a loop. */
class ExecutorEndsTest {

  private static Server made(IoHandler handler) {
    return made(handler, config -> config);
  }

  private static Server made(IoHandler handler, UnaryOperator<ListenerConfig.Builder> more) {
    return OneThread.made(Servers.lineProtocol(handler), more);
  }

  private static DefaultIoFilterChainBuilder chain(Server server) {
    return Servers.acceptor(server).getFilterChain();
  }

  /**
   * A task that waited for the last frame in flight runs on the handler's thread, which it does not
   * end.
   */
  @Test
  void anErrorOfAWaitingTaskEndsTheSessionAndNotItsEvents() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            InFlight.of(session)
                .whenNone(
                    () -> {
                      throw new AssertionError("an Error");
                    });
            session.write(line);
          }

          @Override
          public void sessionClosed(IoSession session) {
            closed.countDown();
          }
        };
    try (Server server = made(handler).start();
        Logs logs = Logs.capture()) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").rest()).isEqualTo("a\n");
      }
      Servers.awaitNobody(server);
      assertThat(closed.getCount()).isZero();
      assertThat(logs.atLeast("ERROR")).singleElement().asString().contains("reason=fault");
    }
  }

  @Test
  void whereNoThreadCanBeMadeEventsAreHandledOnTheLoop() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    AtomicBoolean failed = new AtomicBoolean();
    Executor failing =
        task -> {
          if (failed.compareAndSet(false, true)) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          thread.execute(task);
        };
    Server server = made(AnswerHandler.<String, String>of((session, line) -> line));
    chain(server)
        .replace(FilterNames.EXECUTOR, new ExecutorFilter(new HandlerThreads(failing, 5), "test"));
    try (server) {
      server.start();
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
      Servers.awaitNobody(server);
    } finally {
      thread.shutdown();
    }
  }

  /** The notice of a reset comes after the earlier events. */
  @Test
  void theHandlerIsNotifiedOfAReset() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            inside.countDown();
            Servers.await(goesOn);
            events.add(line.toString());
          }

          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            events.add(cause.getClass().getSimpleName());
          }

          @Override
          public void sessionClosed(IoSession session) {
            events.add("closed");
          }
        };
    try (Server server = made(handler).start();
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\nc\n");
      inside.await();
      IoSession session = Servers.session(server);
      peer.reset();
      Await.until("closing", session::isClosing);
      goesOn.countDown();
      Servers.awaitNobody(server);
      assertThat(events).containsExactly("a", "b", "c", "ConnectionResetException", "closed");
    }
  }

  /** The answer's place must stay empty; otherwise the client would take the next answer for it. */
  @Test
  void nothingIsSentAfterALateAnswerThatCannotBeEncoded() throws Exception {
    Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.later(
            line -> {
              if (line.equals("block")) {
                inside.countDown();
                Servers.await(goesOn);
              }
              return answers.computeIfAbsent(line, any -> new CompletableFuture<>());
            });
    try (Server server = made(handler).start();
        Peer peer = Servers.peer(server)) {
      peer.send("1\n2\nblock\n");
      inside.await();
      answers.get("2").complete("two");
      answers.get("1").complete("not\na line");
      Servers.awaitRounds(Servers.session(server));
      goesOn.countDown();
      assertThat(peer.rest()).isEmpty();
    }
  }

  @Test
  void aDeadlineIsReportedOnceHoweverLongTheHandlerTakes() throws Exception {
    Map<IoSession, AtomicInteger> notified = new ConcurrentHashMap<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              inside.countDown();
              Servers.await(goesOn);
              return line;
            });
    Server server =
        made(handler, config -> config.limit(Limits.FRAME_TIMEOUT, Duration.ofMillis(40)));
    chain(server)
        .addAfter(
            FilterNames.DRAIN,
            "own",
            new IoFilterAdapter() {
              @Override
              public void exceptionCaught(NextFilter next, IoSession session, Throwable cause) {
                notified.computeIfAbsent(session, any -> new AtomicInteger()).incrementAndGet();
                next.exceptionCaught(session, cause);
              }
            });
    try (server) {
      server.start();
      TestClock clock = TestClock.of(server);
      try (Peer blocking = Servers.peer(server);
          Peer late = Servers.peer(server);
          Peer later = Servers.peer(server)) {
        blocking.send("a\n");
        inside.await();
        late.send("unfinished");
        clock.advanceUntil("one is notified", 10, () -> notified.size() == 1);
        later.send("unfinished");
        clock.advanceUntil("both are notified", 10, () -> notified.size() == 2);
        assertThat(notified.values()).extracting(AtomicInteger::get).containsExactly(1, 1);
        goesOn.countDown();
        assertThat(late.rest()).isEmpty();
      }
    }
  }

  @Test
  void aHandlerMayCloseItsServerAndIsNotifiedOfTheEndBeforeItHasEnded() throws Exception {
    CompletableFuture<Server> itself = new CompletableFuture<>();
    AtomicInteger closed = new AtomicInteger();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            itself.join().close();
          }

          @Override
          public void sessionClosed(IoSession session) {
            closed.incrementAndGet();
          }
        };
    try (Server server = made(handler).start();
        Peer peer = Servers.peer(server)) {
      itself.complete(server);
      CompletableFuture<Integer> closedAtTheEnd = server.ended().thenApply(any -> closed.get());
      peer.send("a\n");
      assertThat(closedAtTheEnd.get()).isEqualTo(1);
    }
  }

  @Test
  void aDecoderIsNotCalledAfterItsError() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch goesOn = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    ProtocolDecoder decoder =
        new ProtocolDecoderAdapter() {
          @Override
          public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
            byte first = in.get();
            in.position(in.limit());
            if (first == 'a') {
              out.write("a");
              return;
            }
            calls.incrementAndGet();
            throw new StackOverflowError();
          }
        };
    ProtocolCodecFactory lines = new TextLineCodecFactory();
    ProtocolCodecFactory codec =
        new ProtocolCodecFactory() {
          @Override
          public ProtocolDecoder getDecoder(IoSession session) {
            return decoder;
          }

          @Override
          public ProtocolEncoder getEncoder(IoSession session) throws Exception {
            return lines.getEncoder(session);
          }
        };
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              inside.countDown();
              Servers.await(goesOn);
              return line;
            });
    try (Server server =
            OneThread.made(Protocol.of("bad", Codec.of(codec), handler), config -> config).start();
        Peer peer = Servers.peer(server)) {
      peer.send("a");
      inside.await();
      IoSession session = Servers.session(server);
      for (int i = 0; i < 50; i++) {
        peer.send("b");
        Servers.awaitRounds(session);
      }
      int called = calls.get();
      goesOn.countDown();
      assertThat(called).isEqualTo(1);
    }
  }
}
