package parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.jspecify.annotations.NullMarked;
import parley.codec.LineCodecFactory;
import parley.endpoint.Endpoint;
import parley.internal.accept.Acceptor;
import parley.internal.accept.Admission;
import parley.internal.loop.EventLoop;
import parley.internal.loop.EventLoopGroup;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.BindException;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** Servers for tests, on a free port of loopback. */
@NullMarked
public final class Servers {

  public static final Endpoint FREE = Endpoint.parse("tcp://127.0.0.1:0");

  private Servers() {}

  public static Server greeting() throws BindException {
    return of(new GreetingProtocol());
  }

  public static Server of(Protocol<?, ?> protocol) throws BindException {
    return of(protocol, config -> config);
  }

  public static Server of(Protocol<?, ?> protocol, UnaryOperator<ServerConfig.Builder> more)
      throws BindException {
    ListenerConfig listener = ListenerConfig.builder("test", FREE, protocol).build();
    return new Server(more.apply(ServerConfig.builder().listener(listener)).build()).start();
  }

  /** Returns a server with one listener, changed by the test. */
  public static Server with(Protocol<?, ?> protocol, UnaryOperator<ListenerConfig.Builder> more)
      throws BindException {
    ListenerConfig listener = more.apply(ListenerConfig.builder("test", FREE, protocol)).build();
    return new Server(ServerConfig.builder().listener(listener).build()).start();
  }

  /** Like {@link #with}, with one event loop for all sessions. */
  public static Server onOneLoop(
      Protocol<?, ?> protocol, UnaryOperator<ListenerConfig.Builder> more) throws BindException {
    ListenerConfig listener = more.apply(ListenerConfig.builder("test", FREE, protocol)).build();
    return new Server(ServerConfig.builder().listener(listener).eventLoops(1).build()).start();
  }

  /** Returns a server of lines with the test's handler. */
  public static Server lines(IoHandler handler) throws BindException {
    return of(lineProtocol(handler));
  }

  public static Protocol<String, String> lineProtocol(IoHandler handler) {
    return Protocol.withHandler(
        "test-lines", new LineCodecFactory(StandardCharsets.UTF_8, 1 << 16), handler);
  }

  public static Endpoint endpoint(Server server) {
    return server.listeners().get(0).endpoint();
  }

  /** Waits for the only session of a server's first listener. */
  public static IoSession session(Server server) {
    Map<Long, IoSession> sessions = acceptor(server).getManagedSessions();
    return Await.until("a session", () -> List.copyOf(sessions.values()), all -> !all.isEmpty())
        .get(0);
  }

  /** More bytes than the kernels buffer for a peer {@link #withLittleRoom}. */
  public static final int MORE_THAN_ITS_ROOM = 512 * 1024;

  /**
   * Connects the only peer of a server, with small buffers in both kernels. The default buffers
   * grow by up to a megabyte at any time.
   */
  public static Peer withLittleRoom(Server server) throws IOException {
    Peer peer = Peer.connect(endpoint(server), 4096);
    ((SocketSessionConfig) session(server).getConfig()).setSendBufferSize(4096);
    return peer;
  }

  /** Returns the acceptor of a server's first listener. */
  public static Acceptor acceptor(Server server) {
    return (Acceptor) server.listeners().get(0).acceptor();
  }

  /** Returns the admission of a server's first listener. */
  public static Admission admission(Server server) {
    return acceptor(server).admission();
  }

  /** Returns the event loops of a server. */
  public static EventLoopGroup loops(Server server) {
    return acceptor(server).loops();
  }

  /** Waits until {@code count} sessions of a server are on its event loops. */
  public static void awaitSessions(Server server, int count) {
    Await.until("sessions", loops(server)::sessionCount, now -> now == count);
  }

  /** Waits until {@code count} sessions of a server's first listener were created. */
  public static void awaitManaged(Server server, int count) {
    Map<Long, IoSession> sessions = acceptor(server).getManagedSessions();
    Await.until("managed sessions", sessions::size, now -> now == count);
  }

  /** Waits until no session of a server is on its event loops. */
  public static void awaitNobody(Server server) {
    int left = loops(server).awaitNoSessions(Await.PATIENCE);
    assertThat(left).as("sessions left").isZero();
  }

  /** Waits until a server's first listener has admitted {@code count} connections. */
  public static void awaitConnections(Server server, int count) {
    Admission admission = admission(server);
    Await.until("connections", admission::connections, now -> now == count);
  }

  /** Waits until a server's first listener is unbound. */
  public static void awaitUnbound(Server server) {
    Await.until("unbound", () -> isUnbound(server));
  }

  private static boolean isUnbound(Server server) throws IOException {
    try (Peer peer = peer(server)) {
      return false;
    } catch (SocketException unbound) { // refused, or reset at that moment
      return true;
    }
  }

  /** Waits for ten turns of a session's event loop, which has then done its current work. */
  public static void awaitRounds(IoSession session) {
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Void> round = new CompletableFuture<>();
      EventLoop.of(session).execute(() -> round.complete(null));
      round.orTimeout(1, TimeUnit.MINUTES).join(); // for a test that hangs
    }
  }

  /** Waits for a latch, without checked exceptions, for a handler. */
  public static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Connects from another address of loopback. */
  public static Peer peerFrom(String address, Server server) throws IOException {
    return Peer.connect(address, endpoint(server));
  }

  public static Peer peer(Server server) throws IOException {
    return Peer.connect(endpoint(server));
  }
}
