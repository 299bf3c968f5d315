package bench.vertx;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A client with one connection on Vert.x; answers are matched by the id of the query. */
public final class DnsClient implements AutoCloseable {

  private final Map<Short, CompletableFuture<byte[]>> inFlight = new ConcurrentHashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private final NetClient client = vertx.createNetClient(); // kept: collected, it closes the socket
  private final NetSocket socket;

  public DnsClient(String host, int port) {
    socket =
        client
            .connect(port, host)
            .onSuccess(this::listen)
            .onFailure(refused -> vertx.close())
            .await();
  }

  private void listen(NetSocket connected) {
    DnsFrames.read(connected, this::answered);
    IOException cause = new IOException("connection ended");
    connected.closeHandler(
        ended -> inFlight.values().forEach(asked -> asked.completeExceptionally(cause)));
  }

  private void answered(byte[] message) {
    CompletableFuture<byte[]> asked = inFlight.get(ByteBuffer.wrap(message).getShort());
    if (asked != null) {
      asked.complete(message);
    }
  }

  /** Returns the answer to a query; fails if its id is already in flight or the connection ends. */
  public CompletableFuture<byte[]> ask(byte[] query) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    short id = ByteBuffer.wrap(query).getShort();
    if (inFlight.putIfAbsent(id, answer) != null) {
      return CompletableFuture.failedFuture(new IllegalStateException("id in flight: " + id));
    }
    answer.whenComplete((done, failure) -> inFlight.remove(id, answer));
    socket.write(DnsFrames.frame(query)).onFailure(answer::completeExceptionally);
    return answer;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
