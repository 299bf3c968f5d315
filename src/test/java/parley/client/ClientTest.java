package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.client.ByHand.failure;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.codec.CutShortException;
import parley.codec.FixedLengthCodecFactory;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;
import parley.session.ConnectionResetException;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

@Tag("smoke")
class ClientTest {

  /** Longer than any test, on a machine that is busy. */
  private static final Duration ENDLESS = Duration.ofHours(1);

  private static ClientConfig<String, String> config(
      Endpoint endpoint, UnaryOperator<ClientConfig.Builder<String, String>> more) {
    return more.apply(ClientConfig.builder(endpoint, new GreetingProtocol())).build();
  }

  @Test
  void answersGoToTheirRequestsAndTheBannerToTheListener() throws Exception {
    BlockingQueue<Object> unasked = new LinkedBlockingQueue<>();
    try (Server server = Servers.greeting();
        Client<String, String> client =
            Client.connect(config(Servers.endpoint(server), c -> c.onUnsolicited(unasked::add)))) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(client.ask("n" + i));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(answers.get(i).get()).isEqualTo("Hello, n" + i + "!");
      }
      assertThat(unasked.take()).isEqualTo("Hello, World!");
      assertThat(unasked).isEmpty();
    }
  }

  @Test
  void aThousandClientsWithTwentyInFlightEach() throws Exception {
    try (Server server = Servers.greeting();
        Connector connector = new Connector(2)) {
      List<CompletableFuture<Client<String, String>>> clients = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        clients.add(
            connector.connect(
                config(
                    Servers.endpoint(server),
                    c -> c.connectTimeout(ENDLESS).answerTimeout(ENDLESS))));
      }
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 1000; i++) {
          answers.add(clients.get(i).get().ask(i + "." + round));
        }
      }
      for (int n = 0; n < answers.size(); n++) {
        assertThat(answers.get(n).get()).isEqualTo("Hello, " + n % 1000 + "." + n / 1000 + "!");
      }
    }
  }

  @Test
  void aLateAnswerIsNotTakenForTheNext() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(config(server.endpoint(), c -> c));
        Peer peer = server.greet()) {
      CompletableFuture<String> first = client.ask("first", Duration.ofSeconds(2));
      assertThat(peer.line()).isEqualTo("first"); // a request that ended earlier is not sent
      assertThat(failure(first))
          .isInstanceOf(AnswerTimeoutException.class)
          .hasMessage("no answer within 2000 ms");
      CompletableFuture<String> second = client.ask("second", Duration.ofHours(1));
      CompletableFuture<String> third = client.ask("third", Duration.ofMillis(50));
      assertThat(failure(third)).isInstanceOf(AnswerTimeoutException.class);
      peer.send("late\nin time\n");
      assertThat(second.get()).isEqualTo("in time");
    }
  }

  @Test
  void aRequestThatCannotBeWrittenLeavesNoPlaceInTheOrder() throws Exception {
    try (Server server = Servers.greeting();
        Client<String, String> client = Client.connect(config(Servers.endpoint(server), c -> c))) {
      assertThat(failure(ByHand.untyped(client).ask(IoBuffer.allocate(0))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(failure(ByHand.untyped(client).send(IoBuffer.allocate(0))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(client.ask("x").get()).isEqualTo("Hello, x!");
    }
  }

  @Test
  void afterALossTheFuturesSeeADisconnectedClient() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                config(
                    server.endpoint(),
                    c -> c.reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))))) {
      Peer first = server.greet();
      CompletableFuture<String> retried =
          client
              .ask("a")
              .exceptionallyCompose(
                  lost -> client.connected().thenCompose(again -> again.ask("a")));
      first.line();
      first.close();
      try (Peer second = server.greet()) {
        assertThat(second.line()).isEqualTo("a");
        second.send("re a\n");
        assertThat(retried.get()).isEqualTo("re a");
      }
    }
  }

  @Test
  void everyFutureCompletesWhenTheConnectorCloses() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        ByHand server = new ByHand()) {
      Connector connector = new Connector();
      List<CompletableFuture<Client<String, String>>> connecting = new ArrayList<>();
      for (int i = 0; i < 20; i++) { // more than the accept queue takes
        connecting.add(
            connector.connect(
                config(
                    Servers.FREE.withPort(full.getLocalPort()),
                    c -> c.connectTimeout(Duration.ofHours(1)))));
      }
      Client<String, String> reconnecting =
          connector
              .connect(
                  config(
                      server.endpoint(),
                      c -> c.reconnect(new Backoff(Duration.ofHours(1), Duration.ofHours(1)))))
              .get();
      server.greet().close();
      Await.until("the loss is seen", () -> !reconnecting.connected().isDone());
      CompletableFuture<Client<String, String>> again = reconnecting.connected();
      connector.close();
      assertThat(failure(again)).isInstanceOf(ConnectionLostException.class);
      int failed = 0;
      for (CompletableFuture<Client<String, String>> each : connecting) {
        failed += each.handle((client, failure) -> failure == null ? 0 : 1).get();
      }
      assertThat(failed).isPositive();
      assertThat(failure(connector.connect(config(server.endpoint(), c -> c))))
          .isInstanceOf(ConnectException.class)
          .hasMessage("the connector is closed");
      Await.until(
          "a connect that was given up holds no thread",
          () ->
              Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(thread -> thread.getName().startsWith("NioSocketConnector")));
    }
  }

  @Test
  void drainEndsThoughTheServerReadsNothing() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(config(server.endpoint(), c -> c.closeTimeout(Duration.ofMillis(100))));
        Peer peer = server.greet()) {
      String big = "x".repeat(100_000);
      for (int i = 0; i < 200; i++) { // more than the sockets hold
        client.ask(big, Duration.ofMillis(50));
      }
      client.drain().get();
      assertThat(client.inFlight()).isZero();
    }
  }

  @Test
  void aLostConnectionFailsAllInFlightWithTheReason() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(config(server.endpoint(), c -> c))) {
      Peer peer = server.greet();
      List<CompletableFuture<String>> asked =
          List.of(client.ask("a"), client.ask("b"), client.ask("c"));
      peer.line();
      peer.line();
      peer.line();
      peer.send("re a\n");
      assertThat(asked.get(0).get()).isEqualTo("re a");
      peer.close();
      for (CompletableFuture<String> lost : asked.subList(1, 3)) {
        assertThat(failure(lost))
            .isInstanceOf(ConnectionLostException.class)
            .hasMessage("connection closed by the server");
      }
      assertThat(failure(client.connected())).isInstanceOf(ConnectionLostException.class);
      assertThat(failure(client.ask("d")))
          .isExactlyInstanceOf(ClientException.class)
          .hasMessage(
              "not sent, because the client is not connected: connection closed by the server");
    }
  }

  @Test
  void aResetIsDistinguished() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(config(server.endpoint(), c -> c))) {
      Peer peer = server.greet();
      CompletableFuture<String> asked = client.ask("a");
      peer.line();
      peer.reset();
      assertThat(failure(asked))
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageStartingWith("connection lost: ")
          .hasCauseInstanceOf(ConnectionResetException.class);
    }
  }

  @Test
  void anEndInsideAnAnswerIsDistinguished() throws Exception {
    Protocol<byte[], byte[]> sevens =
        Protocol.of(
            "sevens", new FixedLengthCodecFactory(7), AnswerHandler.of((s, seven) -> seven));
    try (ByHand server = new ByHand();
        Client<byte[], byte[]> client = Client.connect(server.endpoint(), sevens)) {
      Peer peer = Peer.of(server.socket.accept());
      CompletableFuture<byte[]> asked = client.ask(new byte[7]);
      peer.bytes(7);
      peer.send(new byte[] {1});
      peer.close();
      assertThat(failure(asked))
          .isInstanceOf(ConnectionLostException.class)
          .hasMessage("connection cut short: end of stream inside a frame")
          .hasCauseInstanceOf(CutShortException.class);
    }
  }

  @Test
  void anInvalidAnswerEndsTheConnection() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(config(server.endpoint(), c -> c));
        Peer peer = server.greet()) {
      CompletableFuture<String> asked = client.ask("a");
      peer.send(new byte[] {(byte) 0xFF, '\n'});
      assertThat(failure(asked)).hasMessageContaining("line is not UTF-8");
    }
  }

  @Test
  void aRequestThatCannotBeEncodedFailsAloneAndOthersContinue() throws Exception {
    try (Server server = Servers.greeting();
        Client<String, String> client = Client.connect(config(Servers.endpoint(server), c -> c))) {
      CompletableFuture<String> before = client.ask("before");
      assertThat(failure(client.ask("two\nlines"))).isInstanceOf(IllegalArgumentException.class);
      assertThat(client.ask("after").get()).isEqualTo("Hello, after!");
      assertThat(before.get()).isEqualTo("Hello, before!");
    }
  }

  @Test
  void inFlightIsBounded() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(config(server.endpoint(), c -> c.maxInFlight(2)))) {
      server.greet();
      client.ask("a");
      client.ask("b");
      assertThat(client.inFlight()).isEqualTo(2);
      assertThat(failure(client.ask("c")))
          .hasMessage("too many pending requests: 2 (max-in-flight is 2)");
    }
  }

  @Test
  void connectFailuresHaveTheirCause() throws Exception {
    Endpoint free;
    try (ByHand server = new ByHand()) {
      free = server.endpoint();
    }
    assertThatThrownBy(() -> Client.connect(config(free, c -> c)))
        .isInstanceOf(ConnectException.class)
        .hasMessage("cannot connect to " + free + ": Connection refused");
    Endpoint unknown = Endpoint.parse("tcp://no-such-host.invalid:9");
    assertThatThrownBy(() -> Client.connect(config(unknown, c -> c)))
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("cannot connect to " + unknown + ": ");
  }

  @Test
  void connectEndsAtItsTimeoutWithoutAnAnswer() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = Servers.FREE.withPort(full.getLocalPort());
      List<Client<String, String>> connected = new ArrayList<>();
      // The accept queue takes a few; after those the kernel drops each SYN.
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 50; i++) {
                  connected.add(
                      Client.connect(
                          config(endpoint, c -> c.connectTimeout(Duration.ofMillis(300)))));
                }
              })
          .isInstanceOf(ConnectException.class)
          .hasMessage("cannot connect to " + endpoint + ": no answer within 300 ms");
      connected.forEach(Client::close);
    }
  }

  @Test
  void connectCompletesWhenAFilterRefusesToBeAdded() throws Exception {
    Protocol<String, String> failing =
        new Protocol.Symmetric<>() {
          @Override
          public String name() {
            return "failing";
          }

          @Override
          public Codec<String, String> codec(Settings settings) {
            return new parley.codec.LineCodecFactory();
          }

          @Override
          public AnswerHandler<String, String> handler(Settings settings) {
            return AnswerHandler.of((session, line) -> line);
          }

          @Override
          public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
            chain.addLast(
                "failing",
                new IoFilterAdapter() {
                  @Override
                  public void onPreAdd(IoFilterChain parent, String name, NextFilter next) {
                    throw new NoClassDefFoundError("refuses");
                  }
                });
          }
        };
    try (Server server = Servers.greeting()) {
      assertThatThrownBy(
              () ->
                  Client.connect(
                      ClientConfig.builder(Servers.endpoint(server), failing)
                          .connectTimeout(Duration.ofHours(1))
                          .build()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("refuses");
    }
    // The same happens on the server's side: its loop keeps running, and its next client is closed
    // too.
    try (Server server = Servers.of(failing)) {
      for (int i = 0; i < 3; i++) {
        try (Peer peer = Servers.peer(server)) {
          assertThat(peer.rest()).isEmpty();
        }
      }
    }
  }

  @Test
  void reconnectsOnRequest() throws Exception {
    BlockingQueue<Object> unasked = new LinkedBlockingQueue<>();
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                config(
                    server.endpoint(),
                    c ->
                        c.reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))
                            .onUnsolicited(unasked::add)))) {
      for (int round = 0; round < 5; round++) {
        try (Peer peer = server.greet()) {
          assertThat(unasked.take()).isEqualTo("banner");
          client.connected().get();
          CompletableFuture<String> answer = client.ask("a");
          peer.line();
          peer.send("re a\n");
          assertThat(answer.get()).isEqualTo("re a");
        }
      }
    }
  }

  @Test
  void backoffDoublesUpToItsMaximumWithJitter() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
    for (int i = 0; i < 1000; i++) {
      assertThat(backoff.before(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
      assertThat(backoff.before(2)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
      assertThat(backoff.before(i + 4)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }
    assertThatThrownBy(() -> new Backoff(Duration.ofMillis(2), Duration.ofMillis(1)))
        .hasMessageContaining("PT0.002S to PT0.001S");
  }

  @Test
  void drainWaitsForPendingRequests() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(config(server.endpoint(), c -> c));
        Peer peer = server.greet()) {
      CompletableFuture<String> asked = client.ask("a");
      CompletableFuture<Void> drained = client.drain();
      assertThat(failure(client.ask("b"))).isInstanceOf(ClientException.class);
      assertThat(failure(client.send("b"))).isInstanceOf(ClientException.class);
      peer.line();
      assertThat(drained).isNotDone();
      peer.send("re a\n");
      assertThat(asked.get()).isEqualTo("re a");
      assertThat(peer.rest()).isEmpty();
      peer.close();
      drained.get();
    }
  }

  @Test
  void closeFromAFuturesThreadDoesNotDeadlock() throws Exception {
    try (Server server = Servers.greeting()) {
      Client<String, String> client = Client.connect(config(Servers.endpoint(server), c -> c));
      CompletableFuture<Void> closed = client.ask("a").thenAccept(answer -> client.close());
      closed.get();
      CompletableFuture<String> late = client.ask("b");
      assertThatThrownBy(late::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ClientException.class);
    }
  }

  @Test
  void aProtocolWithoutAnswersSendsAndListens() throws Exception {
    BlockingQueue<IoBuffer> received = new LinkedBlockingQueue<>();
    try (Server server = Servers.of(new EchoProtocol());
        Client<IoBuffer, IoBuffer> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), new EchoProtocol())
                    .onUnsolicited(received::add)
                    .build())) {
      client.send(IoBuffer.wrap(new byte[] {1, 2, 3})).get();
      assertThat(received.take()).isEqualTo(IoBuffer.wrap(new byte[] {1, 2, 3}));
      assertThat(failure(client.ask(IoBuffer.allocate(1))))
          .hasMessage("protocol echo does not match answers to requests (expected: send, not ask)");
    }
  }
}
