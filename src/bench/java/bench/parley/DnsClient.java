package bench.parley;

import java.util.concurrent.CompletableFuture;
import parley.client.Client;
import parley.endpoint.Endpoint;

/** A client with one connection on Parley; answers are matched by the id of the query. */
public final class DnsClient implements AutoCloseable {

  private final Client<byte[], byte[]> client;

  public DnsClient(String host, int port) {
    client = Client.connect(new Endpoint("tcp", host, port), DnsProtocol.DNS);
  }

  /** Returns the answer to a query; fails if its id is already in flight or the connection ends. */
  public CompletableFuture<byte[]> ask(byte[] query) {
    return client.ask(query);
  }

  @Override
  public void close() {
    client.close();
  }
}
