package bench.vertx;

import bench.shared.Ports;
import io.vertx.core.Vertx;

/** Echo (RFC 862) on Vert.x. */
public final class EchoServer {

  public static void main(String[] args) {
    Vertx.vertx()
        .createNetServer()
        .connectHandler(socket -> socket.pipeTo(socket))
        .listen(Ports.of(args), "127.0.0.1")
        .onSuccess(server -> Ports.listening(server.actualPort()))
        .await();
  }
}
