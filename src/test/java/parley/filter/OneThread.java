package parley.filter;

import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.apache.mina.core.session.IoSession;
import parley.Servers;
import parley.protocol.Protocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.transport.EventLoop;

/** A server with one event loop and one thread for its handler, of which five frames may wait. */
final class OneThread {

  private OneThread() {}

  static Server made(Protocol protocol, UnaryOperator<ListenerConfig.Builder> more) {
    ListenerConfig.Builder listener =
        ListenerConfig.builder("test", Servers.FREE, protocol).executorThreads(1).executorQueue(5);
    return new Server(
        ServerConfig.builder().eventLoops(1).listener(more.apply(listener).build()).build());
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The loop has done by then what it had to do. */
  static void awaitRounds(IoSession session) {
    for (int i = 0; i < 10; i++) {
      CountDownLatch round = new CountDownLatch(1);
      EventLoop.of(session).execute(round::countDown);
      await(round);
    }
  }
}
