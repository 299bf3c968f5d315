package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** Faults of stock MINA that harm a session or its neighbours, over sockets. */
@Tag("smoke")
class TrapsTest {

  private static final Executor LATER = Pace.after(50);

  private static Server answering(BiFunction<IoSession, String, Object> answer) throws IOException {
    return Servers.lines(
        AnswerHandler.deciding(
            (IoSession session, String line) -> {
              Object made = answer.apply(session, line);
              return made instanceof CompletableFuture<?> later
                  ? Answer.<Object>later(later)
                  : Answer.of(made);
            }));
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
  void answersKeepTheOrderOfTheirFramesWhenTheyCompleteInAnother() throws Exception {
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
  void anExceptionOfAHandlerClosesItsSessionIsLoggedOnceAndHarmsNoOther(Throwable thrown)
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
  void anErrorInAFutureListenerOrInATaskOfTheLoopDoesNotEndTheLoop() throws Exception {
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
  void aResetIsNotAnError() throws Exception {
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
    // The same with a peer that reads to the end: it got exactly the written bytes, no more and
    // no less.
    List<WriteFuture> all = new ArrayList<>();
    try (Server server =
            Servers.lines(
                new IoHandlerAdapter() {
                  @Override
                  public void messageReceived(IoSession session, Object line) {
                    for (int i = 0; i < 1000; i++) {
                      all.add(session.write("x".repeat(999)));
                      if (i == 700) {
                        session.closeOnFlush();
                      }
                    }
                  }
                });
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("go\n").rest()).hasSize(701 * 1000);
      peer.close();
      for (WriteFuture future : all) {
        future.awaitUninterruptibly();
      }
      assertThat(all.stream().filter(WriteFuture::isWritten)).hasSize(701);
    }
  }

  @Test
  void resumeReadFromAnotherThreadTakesEffectWhileTheLoopSleeps() throws Exception {
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
  void anAnswerThatContainsANewlineIsRefusedAndNeverSent() throws Exception {
    try (Server server = answering((session, line) -> "one\ntwo");
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").rest()).isEmpty();
    }
  }

  /** A late answer cannot be sent, and invalid input follows it. */
  @Test
  void aLateAnswerThatCannotBeSentEndsTheSessionAndIsLogged() throws Exception {
    for (Object bad : new Object[] {"one\ntwo", IoBuffer.allocate(0)}) {
      BlockingQueue<CompletableFuture<Object>> asked = new LinkedBlockingQueue<>();
      try (Server server =
              answering(
                  (session, line) -> {
                    CompletableFuture<Object> later = new CompletableFuture<>();
                    asked.add(later);
                    return later;
                  });
          Logs logs = Logs.capture();
          Peer peer = Servers.peer(server)) {
        peer.send("a\n" + "x".repeat(70_000));
        asked.take().complete(bad);
        assertThat(peer.rest()).isEmpty();
        assertThat(logs.atLeast("ERROR")).hasSize(1);
        peer.close();
        Servers.awaitNobody(server);
      }
    }
  }

  @Test
  void anAnswerThatFailsForAnotherClosedSessionEndsThisOne() throws Exception {
    try (Server server =
            answering(
                (session, line) ->
                    line.equals("a")
                        ? CompletableFuture.failedFuture(
                            new WriteToClosedSessionException(List.of()))
                        : line);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("x\na\nb\n").rest()).isEqualTo("x\n");
    }
  }

  @Test
  void anExceptionInSessionClosedIsLoggedAndTheSessionIsGone() throws Exception {
    AnswerHandler<String, String> failing =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            session.closeNow();
            throw new IllegalStateException("after closeNow");
          }

          @Override
          public void sessionClosed(IoSession session) {
            throw new AssertionError("in sessionClosed");
          }
        };
    try (Server server = Servers.lines(failing);
        Logs logs = Logs.capture()) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").rest()).isEmpty();
      }
      Servers.awaitNobody(server);
      assertThat(logs.atLeast("ERROR")).hasSize(2);
    }
  }

  /** Threads that complete answers suspend and resume reading while the loop writes. */
  @Test
  void manyPendingAnswersOfManyThreadsHangNoSession() throws Exception {
    Executor threads = Executors.newFixedThreadPool(4);
    try (Server server =
        Servers.of(
            Servers.lineProtocol(
                AnswerHandler.later(
                    line -> CompletableFuture.supplyAsync(() -> "re " + line, threads))),
            config -> config.eventLoops(1))) {
      List<Thread> clients = new ArrayList<>();
      AtomicInteger whole = new AtomicInteger();
      for (int i = 0; i < 20; i++) {
        Thread client = new Thread(() -> whole.addAndGet(askAll(server) ? 1 : 0));
        clients.add(client);
        client.start();
      }
      for (Thread client : clients) {
        client.join();
      }
      assertThat(whole).hasValue(20);
    }
    ((ExecutorService) threads).shutdown();
  }

  private static boolean askAll(Server server) {
    int requests = 5000;
    StringBuilder expected = new StringBuilder();
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < requests; i++) {
      sent.append(i).append('\n');
      expected.append("re ").append(i).append('\n');
    }
    try (Peer peer = Servers.peer(server)) {
      CompletableFuture<Void> sending = peer.sendAllAside(sent.toString());
      boolean same = peer.rest().contentEquals(expected);
      sending.join();
      return same;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aTaskThatThrowsDelaysNoSession() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(
                    AnswerHandler.of(
                        (session, line) -> {
                          EventLoop.of(session)
                              .execute(
                                  () -> {
                                    throw new IllegalStateException("in a task");
                                  });
                          return line;
                        })),
                config -> config.eventLoops(1));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
      // MINA's own loop would report it as an "Unexpected exception." and sleep for a second.
      assertThat(logs.atLeast("WARN")).allMatch(line -> line.contains("event loop task failed"));
    }
  }
}
