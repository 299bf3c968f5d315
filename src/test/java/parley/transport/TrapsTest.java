package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.Logs;
import parley.Peer;
import parley.Servers;
import parley.protocol.AnswerHandler;
import parley.server.Server;

/** What stock MINA does wrong to a session or its neighbours, over sockets. */
@Tag("smoke")
class TrapsTest {

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

  private static Server answering(BiFunction<IoSession, String, Object> answer) throws IOException {
    return Servers.lines(AnswerHandler.of(answer));
  }

  @Test
  void halfCloseLosesNoReplyAlsoADelayedOne() throws Exception {
    try (Server server =
        answering((s, line) -> CompletableFuture.supplyAsync(() -> "re " + line, LATER))) {
      for (int round = 0; round < 20; round++) {
        try (Peer peer = Servers.peer(server)) {
          peer.send("a\nb\nc").halfClose();
          assertThat(peer.rest()).isEqualTo("re a\nre b\nre c\n");
        }
      }
    }
  }

  @Test
  void halfCloseLosesNoReplyOfAPlainHandlerThatHoldsTheSession() throws Exception {
    IoHandlerAdapter plain =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            InFlight.of(session).enter();
            LATER.execute(
                () -> {
                  session.write("re " + line);
                  InFlight.of(session).leave();
                });
          }
        };
    try (Server server = Servers.lines(plain);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb").halfClose();
      assertThat(peer.rest().split("\n")).containsExactlyInAnyOrder("re a", "re b");
    }
  }

  @Test
  void halfCloseDeliversMoreThanTheSocketHolds() throws Exception {
    String big = "x".repeat(60_000);
    try (Server server = answering((s, line) -> big);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n".repeat(200)).halfClose();
      assertThat(peer.rest()).hasSize(200 * 60_001);
    }
  }

  @Test
  void answersKeepTheOrderOfTheirFramesWhenTheyComeInAnother() throws Exception {
    BlockingQueue<CompletableFuture<Object>> asked = new LinkedBlockingQueue<>();
    try (Server server =
            answering(
                (s, line) -> {
                  if (line.startsWith("now")) {
                    return line;
                  }
                  CompletableFuture<Object> later = new CompletableFuture<>();
                  asked.add(later);
                  return later;
                });
        Peer peer = Servers.peer(server)) {
      peer.send("a\nnow 1\nb\nnow 2\n");
      CompletableFuture<Object> a = asked.take();
      asked.take().complete("b");
      a.complete("a");
      assertThat(Stream.of(peer.line(), peer.line(), peer.line(), peer.line()))
          .containsExactly("a", "now 1", "b", "now 2");
    }
  }

  static Stream<Throwable> thrown() {
    return Stream.of(
        new AssertionError("an Error"),
        new StackOverflowError("a VirtualMachineError"),
        new NoClassDefFoundError("a LinkageError"),
        new IllegalStateException("an Exception"),
        new IOException("not of the connection"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void whatAHandlerThrowsClosesItsSessionIsLoggedOnceAndHarmsNobody(Throwable thrown)
      throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(
                    AnswerHandler.of(
                        (session, line) -> {
                          if (line.equals("throw")) {
                            sneak(thrown);
                          }
                          return line;
                        })),
                config -> config.eventLoops(1));
        Logs logs = Logs.capture();
        Peer neighbour = Servers.peer(server)) {
      assertThat(neighbour.send("a\n").line()).isEqualTo("a");
      try (Peer peer = Servers.peer(server)) {
        peer.send("before\nthrow\nafter\n");
        assertThat(peer.rest()).isEqualTo("before\n");
      }
      assertThat(neighbour.send("b\n").line()).isEqualTo("b");
      try (Peer next = Servers.peer(server)) {
        assertThat(next.send("c\n").line()).isEqualTo("c");
      }
      assertThat(logs.atLeast("WARN")).hasSize(1);
      assertThat(logs.atLeast("WARN").get(0)).contains("{tcp, 127.0.0.1:").contains("ERROR");
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void anErrorInAFutureListenerOrInTaskOfTheLoopDoesNotEndTheLoop() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(
                    new IoHandlerAdapter() {
                      @Override
                      public void messageReceived(IoSession session, Object line) {
                        session
                            .write(line)
                            .addListener(
                                future -> {
                                  throw new AssertionError("in a listener");
                                });
                        EventLoop loop = EventLoop.of(session);
                        loop.execute(
                            () -> {
                              throw new AssertionError("in a task");
                            });
                      }
                    }),
                config -> config.eventLoops(1));
        Peer peer = Servers.peer(server);
        Peer neighbour = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      assertThat(neighbour.send("b\n").line()).isEqualTo("b");
    }
  }

  @Test
  void anInterruptFlagLeftByAHandlerNeitherClosesNorSpins() throws Exception {
    try (Server server =
            answering(
                (session, line) -> {
                  Thread.currentThread().interrupt();
                  return line;
                });
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < 100; i++) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
      assertThat(logs.atLeast("WARN")).isEmpty();
    }
  }

  @Test
  void aResetIsNoError() throws Exception {
    CountDownLatch closed = new CountDownLatch(50);
    try (Server server =
            Servers.lines(
                new IoHandlerAdapter() {
                  @Override
                  public void messageReceived(IoSession session, Object line) {
                    session.write("x".repeat(60_000)); // more than the peer will ever read
                  }

                  @Override
                  public void sessionClosed(IoSession session) {
                    closed.countDown();
                  }
                });
        Logs logs = Logs.capture()) {
      for (int i = 0; i < 50; i++) {
        Peer peer = Servers.peer(server);
        peer.send("a\n".repeat(200));
        peer.line();
        peer.reset();
      }
      closed.await();
      assertThat(logs.atLeast("INFO")).isEmpty();
    }
  }

  @Test
  void everyWriteFutureCompletesAndWrittenMeansSent() throws Exception {
    ConcurrentLinkedQueue<WriteFuture> futures = new ConcurrentLinkedQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    try (Server server =
            Servers.lines(
                new IoHandlerAdapter() {
                  @Override
                  public void messageReceived(IoSession session, Object line) {
                    for (int i = 0; i < 1000; i++) {
                      futures.add(session.write("x".repeat(9_999)));
                    }
                    session.closeOnFlush();
                    futures.add(session.write("too late"));
                  }

                  @Override
                  public void sessionClosed(IoSession session) {
                    closed.countDown();
                  }
                });
        Peer peer = Servers.peer(server)) {
      peer.send("go\n");
      int read = peer.line().length() + 1;
      peer.reset();
      closed.await();
      for (WriteFuture future : futures) {
        future.awaitUninterruptibly();
      }
      long written = futures.stream().filter(WriteFuture::isWritten).count();
      assertThat(written).isBetween(read / 10_000L, 999L);
      assertThat(futures).hasSize(1001);
    }
    try (Server server = answering((session, line) -> line);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("still\n").line()).isEqualTo("still");
    }
  }

  @Test
  void resumeReadFromAnotherThreadTakesEffectThoughTheLoopSleeps() throws Exception {
    AtomicReference<IoSession> suspended = new AtomicReference<>();
    CountDownLatch first = new CountDownLatch(1);
    try (Server server =
            answering(
                (session, line) -> {
                  if (suspended.compareAndSet(null, session)) {
                    session.suspendRead();
                    first.countDown();
                  }
                  return line;
                });
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      first.await();
      peer.send("b\n");
      suspended.get().resumeRead();
      assertThat(peer.line()).isEqualTo("b");
    }
  }

  @Test
  void anAnswerThatHoldsANewlineIsRefusedAndNeverSent() throws Exception {
    try (Server server = answering((session, line) -> "one\ntwo");
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").rest()).isEmpty();
    }
  }
}
