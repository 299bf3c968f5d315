package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.internal.loop.SessionLifecycle;
import parley.protocol.AnswerHandler;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** A server ends despite its handlers' actions, and reports the sessions that it cut. */
class ServerEndTest {

  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);

  private final AnswerHandler<String, String> blocking =
      AnswerHandler.of(
          (session, line) -> {
            if (line.equals("block")) {
              inside.countDown();
              Servers.await(goesOn);
            }
            return line;
          });

  @Test
  void aDrainEndsAlthoughAHandlerBlocks() throws Exception {
    Server server =
        Servers.of(
            Servers.lineProtocol(blocking),
            config -> config.eventLoops(2).drainTimeout(Duration.ofSeconds(2)));
    try (Peer peer = Servers.peer(server);
        Peer idle = Servers.peer(server)) {
      peer.send("block\n");
      inside.await();
      assertThat(server.drain().get().sessionsCut()).isOne();
    } finally {
      goesOn.countDown();
    }
  }

  @Test
  void aSessionThatWaitsForALoopIsClosedToo() throws Exception {
    Server server = Servers.of(Servers.lineProtocol(blocking), config -> config.eventLoops(1));
    List<Peer> peers = new ArrayList<>();
    Peer peer = Servers.peer(server);
    peer.send("block\n");
    inside.await();
    for (int i = 0; i < 400; i++) {
      peers.add(Servers.peer(server));
    }
    Servers.awaitConnections(server, 401);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
    Await.until("disposing", Servers.loops(server)::isDisposing);
    goesOn.countDown();
    closed.get();
    assertThat(Servers.loops(server).sessionCount()).isZero();
    for (Peer each : peers) {
      each.close();
    }
    peer.close();
  }

  @Test
  void aDrainWithoutTimeReportsTheSessionsThatItCut() throws Exception {
    Server server =
        Servers.of(
            Servers.lineProtocol(AnswerHandler.later(line -> new CompletableFuture<>())),
            config -> config.drainTimeout(Duration.ZERO));
    try (Peer peer = Servers.peer(server)) {
      peer.send("never answered\n");
      Await.until("a request", () -> server.listeners().get(0).unansweredCount() > 0);
      assertThat(server.drain().get().sessionsCut()).isOne();
    }
  }

  /** The kernel would reset these connections when the listening socket closes. */
  @Test
  void aConnectionThatWaitsToBeAcceptedIsDrainedToo() throws Exception {
    Server server = Servers.of(Servers.lineProtocol(blocking), config -> config);
    List<Peer> peers = new ArrayList<>();
    CompletableFuture<DrainResult> drained;
    synchronized (Servers.admission(server)) { // the acceptor has to wait here now
      for (int i = 0; i < 300; i++) { // more than it takes at a time
        peers.add(Servers.peer(server).send("a\nb\n"));
      }
      drained = server.drain();
      Await.until("unbinding", ServerEndTest::isUnbinding);
    }
    for (Peer peer : peers) {
      assertThat(peer.rest()).isEqualTo("a\nb\n");
      peer.close();
    }
    assertThat(drained.get().sessionsCut()).isZero();
  }

  /** A kernel sends again when the peer's window opens, and may take a while to do so. */
  @Test
  void dataOnItsWayIsReadToo() throws Exception {
    long sentAfter = Long.MAX_VALUE;
    while (sentAfter >= Duration.ofMillis(100).toNanos()) { // repeated if the machine is too busy
      Server server = Servers.of(Servers.lineProtocol(blocking), config -> config);
      try (Peer peer = Servers.peer(server).send("early\n")) {
        assertThat(peer.line()).isEqualTo("early");
        IoSession session = Servers.session(server);
        long from = System.nanoTime();
        CompletableFuture<DrainResult> drained = server.drain();
        Servers.awaitUnbound(server);
        Servers.awaitRounds(session);
        peer.send("late\n");
        sentAfter = System.nanoTime() - from;
        String answered = peer.rest();
        peer.close();
        assertThat(drained.get().sessionsCut()).isZero();
        if (sentAfter < Duration.ofMillis(100).toNanos()) {
          assertThat(answered).isEqualTo("late\n");
        }
      }
    }
  }

  /**
   * The session is always above outbound-high, so its input is suspended, and some data is always
   * unsent.
   */
  @Test
  void aPeerThatSendsWithoutAnEndIsNotifiedOfTheDrain() throws Exception {
    IoHandlerAdapter stream =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            session.write(IoBuffer.allocate(2_000_000));
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (!SessionLifecycle.of(session).isEnding()) {
              sessionOpened(session);
            }
          }
        };
    Server server =
        Servers.of(
            Servers.lineProtocol(stream), config -> config.drainTimeout(Duration.ofSeconds(4)));
    try (Peer peer = Servers.peer(server)) {
      peer.bytes(4_000_000);
      CompletableFuture<DrainResult> drained = server.drain();
      byte[] some = new byte[1 << 16];
      while (peer.read(some) >= 0) {
        // drop it
      }
      peer.close();
      assertThat(drained.get().sessionsCut()).isZero();
    }
  }

  private static boolean isUnbinding() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("parley-drain"))
        .flatMap(thread -> Stream.of(thread.getValue()))
        .anyMatch(frame -> frame.getMethodName().equals("awaitUninterruptibly"));
  }
}
