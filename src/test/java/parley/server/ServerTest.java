package parley.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.session.DrainEvent;
import parley.testing.Flood;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

@Tag("smoke")
class ServerTest {

  private static ListenerConfig greeting(String name, Endpoint endpoint) {
    return ListenerConfig.builder(name, endpoint, new GreetingProtocol()).build();
  }

  @Test
  void severalListenersInOneServer() throws IOException {
    ServerConfig config =
        ServerConfig.builder()
            .listener(greeting("greeting", Servers.FREE))
            .listener(ListenerConfig.builder("echo", Servers.FREE, new EchoProtocol()).build())
            .build();
    try (Server server = new Server(config).start()) {
      Listener echo = server.listeners().get(1);
      assertThat(echo.toString()).matches("tcp://127.0.0.1:[1-9][0-9]* echo");
      try (Peer greeted = Servers.peer(server);
          Peer echoed = Peer.connect(echo.endpoint())) {
        assertThat(greeted.line()).isEqualTo("Hello, World!");
        echoed.send("\u0000\r\n\nx").halfClose();
        assertThat(echoed.rest()).isEqualTo("\u0000\r\n\nx");
      }
    }
  }

  @Test
  @EnabledIf("parley.testing.Ports#haveIpv6")
  void servesIpv6() throws IOException {
    ServerConfig config =
        ServerConfig.builder().listener(greeting("six", Endpoint.parse("tcp://[::1]:0"))).build();
    try (Server server = new Server(config).start();
        Peer peer = Servers.peer(server)) {
      assertThat(server.listeners().get(0).toString()).matches("tcp://\\[::1]:[0-9]+ greeting");
      assertThat(peer.line()).isEqualTo("Hello, World!");
    }
  }

  @Test
  void aListenerThatCannotBindLeavesNoneBound() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Endpoint free = Servers.FREE.withPort(other.getLocalPort());
      other.close();
      Endpoint used = Servers.FREE.withPort(taken.getLocalPort());
      ServerConfig config =
          ServerConfig.builder()
              .listener(greeting("first", free))
              .listener(greeting("second", used))
              .build();
      Server server = new Server(config);
      assertThatThrownBy(server::start)
          .isInstanceOf(BindException.class)
          .hasMessage("cannot bind " + used + " (listener second): Address already in use");
      assertThatThrownBy(() -> Peer.connect(free)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void restartsOnItsPortAtOnceWhileOldConnectionsLinger() throws IOException {
    Endpoint endpoint = Servers.FREE;
    for (int round = 0; round < 3; round++) {
      try (Server server =
              new Server(ServerConfig.builder().listener(greeting("g", endpoint)).build()).start();
          Peer peer = Servers.peer(server)) {
        endpoint = Servers.endpoint(server);
        assertThat(peer.send("quit\n").rest()).endsWith("Goodbye!\n"); // TIME_WAIT on this side
      }
    }
  }

  @Test
  void drainAnswersAllThatWasReadUnderLoad() throws Exception {
    ExecutorService workers = Executors.newCachedThreadPool();
    AtomicInteger read = new AtomicInteger();
    AnswerHandler<String, String> slow =
        AnswerHandler.later(
            line -> {
              read.incrementAndGet();
              return CompletableFuture.supplyAsync(() -> "re " + line, Pace.after(1, workers));
            });
    Server server =
        Servers.of(
            Servers.lineProtocol(slow), config -> config.drainTimeout(Duration.ofSeconds(30)));
    CountDownLatch warm = new CountDownLatch(20);
    List<Future<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(
          workers.submit(
              () -> Flood.untilTheEnd(Servers.endpoint(server), "", n -> "re n" + n, warm)));
    }
    warm.await();
    assertThat(server.drain().get().sessionsCut()).isZero();
    int answered = 0;
    for (Future<Integer> client : clients) {
      answered += client.get();
    }
    assertThat(answered).isEqualTo(read.get()).isGreaterThan(20 * 50);
    workers.shutdown();
  }

  @Test
  void drainLetsTheHandlerSendGoodbyeAndEndsIdleSessions() throws Exception {
    Server server =
        Servers.lines(
            new IoHandlerAdapter() {
              @Override
              public void sessionOpened(IoSession session) {
                session.write("hello");
              }

              @Override
              public void event(IoSession session, FilterEvent event) {
                if (event == DrainEvent.GOODBYE) {
                  session.write("goodbye");
                }
              }
            });
    try (Peer peer = Servers.peer(server)) {
      assertThat(peer.line()).isEqualTo("hello");
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(peer.rest()).isEqualTo("goodbye\n");
      peer.close();
      assertThat(drained.get().sessionsCut()).isZero();
    }
    assertThatThrownBy(() -> Servers.peer(server)).isInstanceOf(SocketException.class);
  }

  @Test
  void drainIsBounded() throws Exception {
    Server server =
        Servers.of(
            Servers.lineProtocol(AnswerHandler.later(line -> new CompletableFuture<>())),
            config -> config.drainTimeout(Duration.ofMillis(100)));
    try (Peer peer = Servers.peer(server)) {
      peer.send("never answered\n");
      Servers.awaitSessions(server, 1);
      assertThat(server.drain().get().sessionsCut()).isOne();
      assertThat(isCut(peer)).isTrue();
    }
  }

  private static boolean isCut(Peer peer) throws IOException {
    try {
      return peer.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void drainAndCloseFromAHandlersThreadDoNotDeadlock() throws Exception {
    AtomicReference<Server> self = new AtomicReference<>();
    CompletableFuture<DrainResult> drained = new CompletableFuture<>();
    self.set(
        Servers.lines(
            AnswerHandler.of(
                (session, line) -> {
                  if (line.equals("close")) {
                    self.get().close();
                  } else {
                    self.get().drain().thenAccept(drained::complete);
                  }
                  return "re " + line;
                })));
    try (Peer peer = Servers.peer(self.get())) {
      assertThat(peer.send("drain\n").line()).isEqualTo("re drain");
      assertThat(peer.rest()).isEmpty();
    }
    assertThat(drained.get().sessionsCut()).isZero();
  }
}
