package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Outbound data is bounded, for one session and for all sessions together. */
class OutboundTest {

  private static final int BLOCK = 400_000;

  private static Server server() throws IOException {
    return Servers.of(
        Servers.lineProtocol(
            AnswerHandler.of(
                (session, line) -> "x".repeat(BLOCK * Integer.parseInt((String) line)))),
        config -> config.outboundTotalBytes(20_000_000));
  }

  @Test
  void onlyTheSessionWithTheMostIsCut() throws Exception {
    try (Server server = server();
        Logs logs = Logs.capture();
        Peer modest = Servers.peer(server);
        Peer greedy = Servers.peer(server)) {
      Servers.awaitSessions(server, 2);
      modest.send("20\n"); // 8 MB, of which the kernel takes some
      greedy.send("60\n"); // 24 MB
      assertThat(takenOnceCut(greedy, server)).isLessThan(24_000_000);
      assertThat(modest.line()).hasSize(20 * BLOCK);
      assertThat(modest.send("1\n").line()).hasSize(BLOCK);
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .containsPattern(
              "reason=outbound_limit detail=\"too much data waits to be sent in all sessions: \\d+ bytes, more than 20000000");
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads nothing until the server has cut it; returns the number of bytes that are there then. */
  private static int takenOnceCut(Peer peer, Server server) {
    Servers.awaitSessions(server, 1);
    return peer.readUntilTheEnd();
  }

  /**
   * Two loops find that the total exceeds its limit: when the second one is about to cut, the total
   * is below the limit again.
   */
  @Test
  void ifTwoThreadsFindTooMuchOneSessionIsCut() throws Exception {
    IoSession large = new DummySession();
    IoSession small = new DummySession();
    for (int i = 0; i < 20_000; i++) {
      OutboundTotal outbound = new OutboundTotal(100, Runnable::run);
      outbound.update(small, () -> 1);
      CyclicBarrier together = new CyclicBarrier(2);
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                pass(together);
                outbound.update(small, () -> 2);
              });
      pass(together);
      outbound.update(large, () -> 1000);
      other.join();
      assertThat(outbound.sum()).isEqualTo(2);
    }
  }

  /** A cut session does not count any more, but its writes take memory until they have failed. */
  @Test
  void pushesToSessionsThatAreCutFailWhileTheirLoopIsBusy() throws Exception {
    int most = 1 << 20;
    int pushed = 40 * most / Outbound.REQUEST_COST;
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              Servers.await(goesOn);
              return line;
            });
    try (Server server =
            Servers.of(
                Servers.lineProtocol(handler),
                config -> config.eventLoops(1).outboundTotalBytes(most));
        Peer busy = Servers.peer(server)) {
      List<Peer> peers = new ArrayList<>();
      while (peers.size() < 40) {
        peers.add(Servers.peer(server));
      }
      Servers.awaitManaged(server, 41);
      List<IoSession> sessions =
          List.copyOf(Servers.acceptor(server).getManagedSessions().values());
      AtomicInteger failed = new AtomicInteger();
      busy.send("a\n");
      for (int i = 0; i < pushed; i++) {
        sessions
            .get(i * sessions.size() / pushed)
            .write("x")
            .addListener(future -> failed.incrementAndGet());
      }
      int left = 3 * most / Outbound.REQUEST_COST;
      Await.until("failed", failed::get, count -> count > pushed - left);
      goesOn.countDown();
      for (Peer peer : peers) {
        peer.close();
      }
    }
  }

  /** The last part is reported while the loop is about to suspend the session because of it. */
  @Test
  void aSessionIsReadThoughAllIsReportedDuringTheCheck() throws Exception {
    try (Server server = Servers.lines(AnswerHandler.of((session, line) -> line));
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      EventLoop loop = EventLoop.of(session);
      Outbound outbound = Outbound.of(session);
      int messages = SessionLimits.of(session).outboundHigh() / Outbound.REQUEST_COST + 1;
      for (int i = 0; i < messages; i++) {
        outbound.reportsLater();
      }
      synchronized (loop.outbound()) { // the loop takes it between its check and the suspend
        loop.execute(outbound::weigh);
        Await.until("its loop waits", () -> loop.thread().getState() == Thread.State.BLOCKED);
        for (int i = 0; i < messages; i++) {
          outbound.reported();
        }
      }
      Servers.awaitRounds(session);
      assertThat(Input.of(session).isSuspended()).isFalse();
      assertThat(peer.send("a\n").line()).isEqualTo("a");
    }
  }

  @Test
  void nothingIsLeftOfEndedSessions() throws Exception {
    try (Server server = server()) {
      List<Peer> peers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Peer peer = Servers.peer(server);
        peer.send("20\n");
        peers.add(peer);
      }
      Await.until("bytes", Servers.loops(server)::outboundBytes, bytes -> bytes >= 10_000_000);
      for (Peer peer : peers) {
        peer.reset();
      }
      Servers.awaitNobody(server);
      assertThat(Servers.loops(server).outboundBytes()).isZero();
      try (Peer next = Servers.peer(server)) {
        assertThat(next.send("1\n").line()).hasSize(BLOCK);
        IoSession session = Servers.session(server);
        Await.until("bytes left", session::getScheduledWriteBytes, bytes -> bytes == 0);
      }
    }
  }

  /** MINA's suspendWrite also delays a close, which is still bounded. */
  @Test
  void aCloseIsBoundedWhereTheHandlerHasSuspendedItsWrites() throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.suspendWrite();
            session.write("x");
            session.closeOnFlush();
          }
        };
    try (Server server =
            Servers.of(
                Servers.lineProtocol(handler),
                config -> config.closeTimeout(Duration.ofMillis(10)));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      TestClock clock = TestClock.of(server);
      Servers.session(server);
      peer.send("a\n");
      clock.advanceUntil("its end", 10, () -> Servers.loops(server).sessionCount() == 0);
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .contains("reason=slow_reader", "last 2 bytes");
    }
  }
}
