package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.Connector;
import parley.endpoint.Endpoint;
import parley.internal.accept.Admission;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** An exception while a session closes keeps neither the session nor its place. */
class CloseDefectsTest {

  private final CountDownLatch notified = new CountDownLatch(3);

  /** Echoes lines, and counts the ends that it is notified of. */
  private Protocol<String, String> lines(Consumer<IoSession> opened, IoFilterAdapter filter) {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            opened.accept(session);
          }

          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }

          @Override
          public void sessionClosed(IoSession session) {
            notified.countDown();
          }
        };
    return new Extended<>(
        Servers.lineProtocol(handler),
        (chain, side) -> chain.addAfter(FilterNames.CODEC, "own", filter));
  }

  private void threeComeAndGo(Protocol<String, String> protocol, int executorThreads)
      throws Exception {
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, protocol)
            .executorThreads(executorThreads)
            .build();
    try (Server server = new Server(ServerConfig.builder().listener(listener).build()).start()) {
      for (int i = 0; i < 3; i++) {
        try (Peer peer = Servers.peer(server)) {
          assertThat(peer.send("a\n").line()).isEqualTo("a");
        }
      }
      notified.await();
      Servers.awaitNobody(server);
      Admission admission = Servers.admission(server);
      Await.until("no address", () -> admission.addresses() == 0);
    }
  }

  @Test
  void anErrorOfTheCloseFuturesListener() throws Exception {
    Consumer<IoSession> listens =
        session ->
            session
                .getCloseFuture()
                .addListener(
                    future -> {
                      throw new AssertionError("listener");
                    });
    threeComeAndGo(lines(listens, new IoFilterAdapter()), 0);
  }

  @Test
  void afterTheCloseFutureTheSessionIsGone() throws Exception {
    try (Server server = Servers.of(lines(session -> {}, new IoFilterAdapter()))) {
      NioSocketAcceptor acceptor = Servers.acceptor(server);
      for (int i = 0; i < 100; i++) {
        try (Peer peer = Servers.peer(server)) {
          peer.send("a\n").line();
          Servers.session(server).closeNow().awaitUninterruptibly();
          assertThat(acceptor.getManagedSessionCount()).isZero();
        }
      }
    }
  }

  /** MINA gives an exception from before the end of the connect to the connect's future alone. */
  @Test
  void anExceptionOfAFilterBeforeAClientIsConnected() throws Exception {
    IoFilterAdapter filter =
        new IoFilterAdapter() {
          @Override
          public void filterClose(NextFilter next, IoSession session) {
            throw new IllegalStateException("filter");
          }
        };
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          ClientConfig.builder(
                  Endpoint.parse("tls://127.0.0.1:" + silent.getLocalPort()),
                  lines(session -> {}, filter))
              .connectTimeout(Duration.ofSeconds(2))
              .build();
      CompletableFuture<Client<String, String>> connecting = connector.connect(config);
      try (Peer server = Peer.of(silent.accept())) {
        assertThatThrownBy(connecting::get).hasMessageContaining("no TLS handshake within 2000 ms");
        assertThat(server.bytes()).isNotEmpty(); // a ClientHello, and the end
      }
      Await.until("no session", () -> connector.mina().getManagedSessionCount() == 0);
    }
  }

  private static Stream<Arguments> thrown() {
    return Stream.of(new IllegalStateException("filter"), new AssertionError("filter"))
        .flatMap(each -> Stream.of(Arguments.of(each, 0), Arguments.of(each, 1)));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOfAFilterFromFilterClose(Throwable thrown, int executorThreads) throws Exception {
    IoFilterAdapter filter =
        new IoFilterAdapter() {
          @Override
          public void filterClose(NextFilter next, IoSession session) throws Exception {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (Exception) thrown;
          }
        };
    threeComeAndGo(lines(session -> {}, filter), executorThreads);
  }
}
