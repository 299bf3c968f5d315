package parley.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.junit.jupiter.api.Test;
import parley.Flood;
import parley.Peer;
import parley.Servers;
import parley.protocol.AnswerHandler;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.transport.EventLoop;

/** A drain loses nothing and comes to its end where a handler has threads of its own. */
class ExecutorDrainTest {

  /** One event loop, and one thread for the handler. */
  private static Server started(IoHandler handler) throws IOException {
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler))
            .executorThreads(1)
            .executorQueue(5)
            .build();
    return new Server(ServerConfig.builder().eventLoops(1).listener(listener).build()).start();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The loop has done by then what it had to do. */
  private static void awaitRounds(IoSession session) {
    for (int i = 0; i < 10; i++) {
      CountDownLatch round = new CountDownLatch(1);
      EventLoop.of(session).execute(round::countDown);
      await(round);
    }
  }

  @Test
  void aDrainClosesBehindTheGoodbye() throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void event(IoSession session, FilterEvent event) {
            if (event == DrainEvent.GOODBYE) {
              awaitRounds(session);
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

  /** What waits in the socket then has arrived as well. */
  @Test
  void aDrainReadsOnWhereReadingWasSuspended() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String> handler =
        AnswerHandler.of(
            (session, line) -> {
              inside.countDown();
              await(goesOn);
              return line;
            });
    try (Server server = started(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("0\n");
      inside.await();
      IoSession session = Servers.session(server);
      peer.send("1\n2\n3\n4\n5\n"); // as many as may wait
      while (!session.isReadSuspended()) {
        Thread.onSpinWait();
      }
      peer.send("6\n7\n");
      server.drain();
      awaitUnbound(server);
      for (int i = 0; i < 100; i++) {
        awaitRounds(session);
      }
      goesOn.countDown();
      assertThat(peer.rest()).isEqualTo("0\n1\n2\n3\n4\n5\n6\n7\n");
    }
  }

  private static void awaitUnbound(Server server) throws IOException {
    while (true) {
      try (Peer peer = Servers.peer(server)) {
        Thread.onSpinWait();
      } catch (ConnectException unbound) {
        return;
      }
    }
  }

  /** It reads on for a part of its time only; what it has read by then is answered. */
  @Test
  void aDrainComesToItsEndThoughAPeerSendsOn() throws Exception {
    AnswerHandler<String> handler = AnswerHandler.of((session, line) -> "re " + line);
    ExecutorService clients = Executors.newCachedThreadPool();
    CountDownLatch warm = new CountDownLatch(5);
    try (Server server = started(handler)) {
      for (int i = 0; i < 5; i++) {
        var unused =
            clients.submit(() -> Flood.untilTheEnd(server.endpoint(), "", n -> "re n" + n, warm));
      }
      warm.await();
      assertThat(server.drain().get()).isZero();
    } finally {
      clients.shutdown();
    }
  }
}
