package parley.internal.loop;

import parley.client.Client;
import parley.client.Connector;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;

/** An application that embeds Parley: prints the exception that one of Parley's parts throws. */
final class Embedding {

  private Embedding() {}

  public static void main(String[] args) throws Exception {
    try {
      switch (args[0]) {
        case "server" -> Server.serve("tcp://127.0.0.1:0", new GreetingProtocol()).close();
        case "client" ->
            Client.connect(Endpoint.parse("tcp://127.0.0.1:1"), new GreetingProtocol()).close();
        case "connector" -> new Connector().close();
        default -> new EventLoopGroup(1, true).dispose();
      }
    } catch (IllegalStateException e) {
      System.out.println(e);
    }
  }
}
