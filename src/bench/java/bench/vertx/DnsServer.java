package bench.vertx;

import bench.shared.DnsAnswers;
import bench.shared.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;

/** DNS over TCP (RFC 7766) on Vert.x: each answer is sent as soon as it is ready. */
public final class DnsServer {

  public static void main(String[] args) {
    Vertx.vertx()
        .createNetServer()
        .connectHandler(socket -> DnsFrames.read(socket, query -> answer(socket, query)))
        .listen(Ports.of(args), "127.0.0.1")
        .onSuccess(server -> Ports.listening(server.actualPort()))
        .await();
  }

  private static void answer(NetSocket socket, byte[] query) {
    DnsAnswers.answer(query)
        .thenAccept(answer -> socket.write(DnsFrames.frame(answer)))
        .exceptionally(
            failure -> {
              socket.close();
              return null;
            });
  }
}
