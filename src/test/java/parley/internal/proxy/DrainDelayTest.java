package parley.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import parley.protocol.greeting.GreetingProtocol;
import parley.proxy.ProxyConfig;
import parley.server.DrainResult;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A load balancer sees a drain before it begins. */
class DrainDelayTest {

  private static final String CLIENT = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";

  private static Server serve(Duration delay) throws IOException {
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, new GreetingProtocol())
            .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1"))
            .build();
    return new Server(ServerConfig.builder().listener(listener).drainDelay(delay).build()).start();
  }

  private static String check(Server server) throws IOException {
    try (Peer check = Servers.peer(server)) {
      return check.send(Headers.v2(0x20, 0, new byte[0])).send("quit\n").rest();
    }
  }

  private static void isServed(Server server, String header) throws IOException {
    try (Peer client = Servers.peer(server)) {
      assertThat(client.send(header + "Ada\n").line()).isEqualTo("Hello, World!");
      assertThat(client.line()).isEqualTo("Hello, Ada!");
    }
  }

  @Test
  void healthChecksFailAndAllOtherConnectionsAreServed() throws Exception {
    try (Logs logs = Logs.capture();
        Server server = serve(Duration.ofHours(24));
        Peer before = Servers.peer(server).send(CLIENT)) {
      assertThat(before.line()).isEqualTo("Hello, World!");
      assertThat(check(server)).isEqualTo("Hello, World!\nGoodbye!\n");
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(check(server)).isEmpty();
      isServed(server, CLIENT);
      isServed(server, "PROXY UNKNOWN\r\n"); // any client may send this
      assertThat(before.send("Lin\n").line()).isEqualTo("Hello, Lin!");
      server.drain(); // has no effect
      isServed(server, CLIENT);
      assertThat(drained).isNotDone();
      logs.await( // the line of another thread
          "INFO",
          line -> line.contains("drain delayed, only health checks fail: delay=86400000ms"));
      server.close(); // does not wait
      assertThat(drained).isDone();
      assertThatThrownBy(() -> Servers.peer(server)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void afterTheDelayTheServerDrains() throws Exception {
    Duration delay = Duration.ofMillis(200);
    try (Server server = serve(delay);
        Peer peer = Servers.peer(server).send(CLIENT)) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      long from = System.nanoTime();
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(peer.send("Ada\n").halfClose().rest()).isEqualTo("Hello, Ada!\n");
      assertThat(drained.get().sessionsCut()).isZero();
      assertThat(System.nanoTime() - from).isGreaterThanOrEqualTo(delay.toNanos());
    }
  }

  /** A client connected just before the drain, and its header has not come yet. */
  @Test
  void theDrainWaitsForAHeader() throws Exception {
    try (Server server = serve(Duration.ZERO);
        Peer idle = Servers.peer(server).send(CLIENT);
        Peer late = Servers.peer(server).send("PROXY TCP4 ")) {
      assertThat(idle.line()).isEqualTo("Hello, World!");
      Servers.awaitSessions(server, 2);
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(idle.rest()).isEmpty(); // the server drains
      idle.close();
      late.send(CLIENT.substring("PROXY TCP4 ".length()) + "Ada\n");
      assertThat(late.rest()).isEqualTo("Hello, World!\nHello, Ada!\n");
      late.close();
      assertThat(drained.get().sessionsCut()).isZero();
    }
  }

  @Test
  void aServerThatWasNotStartedDoesNotWait() {
    ServerConfig config = ServerConfig.builder().drainDelay(Duration.ofHours(24)).build();
    assertThat(new Server(config).drain().join().sessionsCut()).isZero();
  }

  @Test
  void aSilentClientIsNotCut() throws Exception {
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, new GreetingProtocol())
            .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1"))
            .proxyProtocol(ProxyConfig.TIMEOUT, Duration.ofHours(1))
            .build();
    ServerConfig config =
        ServerConfig.builder().listener(listener).drainTimeout(Duration.ofMillis(500)).build();
    try (Server server = new Server(config).start();
        Peer silent = Servers.peer(server)) {
      Servers.awaitSessions(server, 1);
      assertThat(server.drain().get().sessionsCut()).isZero();
      assertThat(silent.rest()).isEmpty();
    }
  }
}
