package parley.internal.chain;

import java.util.function.UnaryOperator;
import parley.protocol.Protocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Servers;

/** A server with one event loop and one handler thread, for which up to five frames may wait. */
final class OneThread {

  private OneThread() {}

  static Server made(
      Protocol<String, String> protocol, UnaryOperator<ListenerConfig.Builder> more) {
    ListenerConfig.Builder listener =
        ListenerConfig.builder("test", Servers.FREE, protocol).executorThreads(1).executorQueue(5);
    return new Server(
        ServerConfig.builder().eventLoops(1).listener(more.apply(listener).build()).build());
  }
}
