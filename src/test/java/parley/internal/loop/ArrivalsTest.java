package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** A storm of connections does not keep a loop from serving its sessions. */
class ArrivalsTest {

  private static final int STORM = 500;

  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final AtomicInteger opened = new AtomicInteger();
  private volatile int openedBeforeTheQuietOne;

  private final AnswerHandler<String, String> handler =
      new AnswerHandler<>() {
        @Override
        protected Answer<String> answer(IoSession session, String line)
            throws InterruptedException {
          if (line.equals("hold")) {
            held.countDown();
            goesOn.await();
          }
          if (line.equals("quiet")) {
            openedBeforeTheQuietOne = opened.get();
          }
          return Answer.of(line);
        }

        @Override
        public void sessionOpened(IoSession session) {
          opened.incrementAndGet();
        }
      };

  @Test
  void aSessionIsServedBetweenNewConnections() throws Exception {
    List<Peer> storm = new ArrayList<>();
    try (Server server = Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(1));
        Peer holding = Servers.peer(server);
        Peer quiet = Servers.peer(server)) {
      assertThat(quiet.send("a\n").line()).isEqualTo("a");
      holding.send("hold\n");
      held.await();
      for (int i = 0; i < STORM; i++) {
        storm.add(Servers.peer(server));
      }
      Servers.awaitConnections(server, STORM + 2);
      quiet.send("quiet\n");
      goesOn.countDown();
      assertThat(quiet.line()).isEqualTo("quiet");
      assertThat(openedBeforeTheQuietOne).isLessThan(STORM / 2);
      for (Peer each : storm) {
        assertThat(each.send("b\n").line()).isEqualTo("b");
      }
    } finally {
      for (Peer each : storm) {
        each.close();
      }
    }
  }

  @Test
  void manyShortConnectionsAreAllServedAndAllGone() throws Exception {
    try (Server server =
        Servers.of(
            Servers.lineProtocol(AnswerHandler.of((session, line) -> line)),
            config -> config.eventLoops(1))) {
      for (int round = 0; round < 30; round++) {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          peers.add(Servers.peer(server).send("a\n"));
        }
        for (Peer peer : peers) {
          assertThat(peer.line()).isEqualTo("a");
          peer.close();
        }
        Servers.awaitNobody(server);
      }
    }
  }
}
