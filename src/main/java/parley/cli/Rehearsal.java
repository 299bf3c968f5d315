package parley.cli;

import java.io.IOException;
import org.slf4j.helpers.NOP_FallbackServiceProvider;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/**
 * Runs the work of both commands once, in one process. The class-data archive, which both start
 * from, consists of the classes that this loads.
 */
final class Rehearsal {

  private Rehearsal() {}

  public static void main(String[] args) throws IOException {
    NOP_FallbackServiceProvider nop = new NOP_FallbackServiceProvider();
    nop.initialize();
    nop.getLoggerFactory().getLogger("rehearsal").info("as the client logs");
    StartServer.run("--check-config");
    Endpoint free = Endpoint.parse("tcp://127.0.0.1:0");
    ListenerConfig listener =
        ListenerConfig.builder("greeting", free, new GreetingProtocol()).build();
    try (Server server = new Server(ServerConfig.builder().listener(listener).build()).start()) {
      String endpoint = server.listeners().get(0).endpoint().toString();
      HelloClient.run("--endpoint", endpoint);
      HelloClient.run("--endpoint", endpoint, "Ada", "Lin");
    }
    System.exit(Exit.OK);
  }
}
