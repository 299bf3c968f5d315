package parley.proving;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** The server under test, on a free loopback port, with the filters that watch it. */
final class Arena implements AutoCloseable {

  private static final int EVENT_LOOPS = 3;

  /** Small, so that a large answer is written in parts and an endless one soon exceeds a limit. */
  private static final int SEND_BUFFER = 64 << 10;

  private static final Endpoint FREE = Endpoint.parse("tcp://127.0.0.1:0");

  private final Protocol<?, ?> protocol;
  private final Map<String, Object> settings;
  private final Patience patience;
  private final ExecutorService readers =
      Executors.newCachedThreadPool(task -> daemon(task, "parley-proof-reader"));
  private Watch watch;
  private Server server;

  Arena(Protocol<?, ?> protocol, Map<String, Object> settings, Patience patience) {
    this.protocol = protocol;
    this.settings = settings;
    this.patience = patience;
    watch = new Watch();
    server = start(watch);
  }

  private Server start(Watch watching) {
    ListenerConfig.Builder listener = ListenerConfig.builder("proof", FREE, protocol);
    for (Setting<?> setting : protocol.settings()) {
      Object value = settings.get(setting.key());
      if (value != null) {
        set(listener, setting, value);
      }
    }
    Server made =
        new Server(
            ServerConfig.builder().listener(listener.build()).eventLoops(EVENT_LOOPS).build());
    NioSocketAcceptor acceptor = made.listeners().get(0).acceptor();
    watching.install(acceptor.getFilterChain());
    acceptor.getSessionConfig().setSendBufferSize(SEND_BUFFER);
    return made.start();
  }

  private static <T> void set(ListenerConfig.Builder to, Setting<T> setting, Object value) {
    to.set(setting, setting.checked(value));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Opens a new connection to the server, which reads at most the given number of bytes. */
  Wire connect(int most) {
    Endpoint endpoint = server.listeners().get(0).endpoint();
    return new Wire(new InetSocketAddress(endpoint.host(), endpoint.port()), most, readers);
  }

  /** Returns the server's side of a connection. */
  Probe probe(Wire wire) {
    return watch.of(wire.address());
  }

  void forget(Wire wire) {
    watch.forget(wire.address());
  }

  Patience patience() {
    return patience;
  }

  /** Replaces the server, in which a session hangs, with a new one. */
  void renew() {
    Server old = server;
    watch = new Watch();
    server = start(watch);
    daemon(old::close, "parley-proof-close").start();
  }

  @Override
  public void close() {
    server.close();
    readers.shutdown();
  }
}
