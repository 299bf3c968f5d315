package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.junit.jupiter.api.Test;
import parley.internal.loop.Input;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.session.DrainEvent;
import parley.testing.Await;
import parley.testing.Flood;
import parley.testing.Peer;
import parley.testing.Servers;

/** A drain loses nothing and finishes where a handler has threads of its own. */
class ExecutorDrainTest {

  private static Server started(IoHandler handler) throws IOException {
    return OneThread.made(Servers.lineProtocol(handler), config -> config).start();
  }

  @Test
  void aDrainClosesAfterTheGoodbye() throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void event(IoSession session, FilterEvent event) {
            if (event == DrainEvent.GOODBYE) {
              Servers.awaitRounds(session);
              session.write("bye");
            }
          }
        };
    try (Server server = started(handler);
        Peer peer = Servers.peer(server)) {
      Servers.session(server);
      server.drain();
      assertThat(peer.rest()).isEqualTo("bye\n");
    }
  }

  /** Data that is still in the socket when the drain starts counts as received. */
  @Test
  void aDrainContinuesToReadWhereReadingWasSuspended() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              inside.countDown();
              Servers.await(goesOn);
              return line;
            });
    try (Server server = started(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("0\n");
      inside.await();
      IoSession session = Servers.session(server);
      peer.send("1\n2\n3\n4\n5\n"); // as many as may wait
      Await.until("suspended", () -> Input.of(session).isSuspended());
      peer.send("6\n7\n");
      server.drain();
      Servers.awaitUnbound(server);
      for (int i = 0; i < 100; i++) {
        Servers.awaitRounds(session);
      }
      goesOn.countDown();
      assertThat(peer.rest()).isEqualTo("0\n1\n2\n3\n4\n5\n6\n7\n");
    }
  }

  /**
   * A drain continues to read for only a part of its time; all frames read by then are answered.
   */
  @Test
  void aDrainFinishesAlthoughAPeerKeepsSending() throws Exception {
    AnswerHandler<String, String> handler = AnswerHandler.of((session, line) -> "re " + line);
    ExecutorService clients = Executors.newCachedThreadPool();
    CountDownLatch warm = new CountDownLatch(5);
    try (Server server = started(handler)) {
      for (int i = 0; i < 5; i++) {
        var unused =
            clients.submit(() -> Flood.untilTheEnd(server.endpoint(), "", n -> "re n" + n, warm));
      }
      warm.await();
      assertThat(server.drain().get().sessionsCut()).isZero();
    } finally {
      clients.shutdown();
    }
  }
}
