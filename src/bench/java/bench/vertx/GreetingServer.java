package bench.vertx;

import bench.shared.Figures;
import bench.shared.Ports;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.parsetools.RecordParser;
import java.util.concurrent.atomic.AtomicInteger;

/** The greeting on Vert.x; one instance per loop, all at one port. */
public final class GreetingServer extends AbstractVerticle {

  private static final AtomicInteger BOUND = new AtomicInteger();

  private final int port;

  private GreetingServer(int port) {
    this.port = port;
  }

  public static void main(String[] args) {
    int loops = Ports.loops(args);
    int port = Ports.of(args) == 0 ? -1 : Ports.of(args); // -1: a free port that instances share
    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true))
        .deployVerticle(() -> new GreetingServer(port), new DeploymentOptions().setInstances(loops))
        .await();
    Ports.listening(BOUND.get());
    Figures.answer();
  }

  @Override
  public void start(Promise<Void> started) {
    vertx
        .createNetServer(options(System.getProperty("tls")))
        .connectHandler(GreetingServer::greet)
        .listen(port, "127.0.0.1")
        .onSuccess(server -> BOUND.set(server.actualPort()))
        .<Void>mapEmpty()
        .onComplete(started);
  }

  private static NetServerOptions options(String certs) {
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(1024);
    return certs == null
        ? options
        : options
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(certs + "/server.pem")
                    .setKeyPath(certs + "/server.key"));
  }

  private static void greet(NetSocket socket) {
    socket.write("Hello, World!\n");
    socket.handler(
        RecordParser.newDelimited("\n", name -> socket.write("Hello, " + name.toString() + "!\n")));
  }
}
