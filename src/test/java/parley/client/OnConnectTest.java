package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.client.ByHand.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.Correlation;
import parley.testing.Peer;

/** The messages with which a new connection begins. */
class OnConnectTest {

  private static final Backoff SOON = new Backoff(Duration.ofMillis(1), Duration.ofMillis(5));

  /** Its messages and answers precede all others, also after each loss. */
  @Test
  void aLoginPrecedesAllOtherMessages() throws Exception {
    AtomicInteger logins = new AtomicInteger();
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              server
                  .client()
                  .reconnect(SOON)
                  .onConnect(
                      now ->
                          now.ask("user " + logins.incrementAndGet())
                              .thenCompose(go -> now.ask("password")))
                  .build());
      Client<String, String> client = null;
      for (int round = 1; round <= 5; round++) {
        try (Peer peer = server.accept()) {
          assertThat(peer.line()).isEqualTo("user " + round);
          CompletableFuture<String> early =
              client == null ? new CompletableFuture<>() : client.ask("early");
          if (client != null) {
            assertThat(failure(early)).isInstanceOf(ClientException.class);
          }
          assertThat(connecting.isDone()).isEqualTo(client != null);
          peer.send("go on\n");
          assertThat(peer.line()).isEqualTo("password");
          peer.send("welcome\n");
          client = connecting.get();
          client.connected().get();
          CompletableFuture<String> answer = client.ask("a");
          assertThat(peer.line()).isEqualTo("a");
          peer.send("re a\n");
          assertThat(answer.get()).isEqualTo("re a");
        }
        client.lost().get();
      }
    }
  }

  /** Examples are MQTT's CONNACK, or a banner. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onConnectCanWaitForAMessageThatAnswersNoRequest(boolean banner) throws Exception {
    List<Object> unasked = new CopyOnWriteArrayList<>();
    Correlation<String, String> correlation =
        banner
            ? Correlation.inOrderAfterBanner()
            : Correlation.byKey(line -> line, line -> line.startsWith("CONN") ? null : line);
    CompletableFuture<String> first = new CompletableFuture<>();
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              ClientConfig.builder(server.endpoint(), ByHand.lines(correlation))
                  .onUnsolicited(unasked::add)
                  .onConnect(
                      now -> {
                        if (!banner) {
                          var unused = now.send("CONNECT");
                        }
                        return now.next().thenAccept(first::complete);
                      })
                  .build());
      try (Peer peer = server.accept()) {
        if (!banner) {
          assertThat(peer.line()).isEqualTo("CONNECT");
        }
        assertThat(connecting).isNotDone();
        peer.send("CONNACK\n");
        Client<String, String> client = connecting.get(60, TimeUnit.SECONDS);
        assertThat(first.get()).isEqualTo("CONNACK");
        CompletableFuture<String> answer = client.ask("a");
        assertThat(peer.line()).isEqualTo("a");
        peer.send(banner ? "a\n" : "CONNMORE\na\n");
        assertThat(answer.get()).isEqualTo("a");
        assertThat(unasked).hasSize(banner ? 0 : 1);
      }
    }
  }

  private static CompletionStage<?> fails(String how, NewConnection<String, String> now) {
    return switch (how) {
      case "throws" -> throw new IllegalStateException("no ticket");
      case "fails" -> CompletableFuture.failedFuture(new IllegalStateException("no ticket"));
      case "null" -> null;
      case "refused" ->
          now.ask("login")
              .thenAccept(
                  answer -> {
                    throw new IllegalStateException("no ticket");
                  });
      case "error" -> throw new NoClassDefFoundError("no ticket");
      default -> throw new IllegalArgumentException(how);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"throws", "fails", "null", "refused", "error"})
  void aConnectFailsIfItsOnConnectFails(String how) throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(server.client().onConnect(now -> fails(how, now)).build());
      try (Peer peer = server.accept()) {
        if (how.equals("refused")) {
          peer.line();
          peer.send("no\n");
        }
        assertThat(failure(connecting))
            .isInstanceOf(ConnectException.class)
            .hasMessageStartingWith(
                "cannot connect to " + server.endpoint() + ": onConnect failed: ")
            .hasMessageContaining(how.equals("null") ? "null" : "no ticket");
        assertThat(peer.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void aServerThatEndsOrIsSilentMeanwhileFailsTheConnect() throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      ClientConfig.Builder<String, String> config =
          server.client().onConnect(now -> now.ask("login"));
      CompletableFuture<Client<String, String>> ended = connector.connect(config.build());
      server.accept().close();
      assertThat(failure(ended))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("connection ");
      CompletableFuture<Client<String, String>> silent =
          connector.connect(config.connectTimeout(Duration.ofMillis(100)).build());
      try (Peer peer = server.accept()) {
        assertThat(failure(silent))
            .isInstanceOf(ConnectException.class)
            .hasMessageEndingWith("onConnect not completed within 100 ms");
        assertThat(peer.line()).isEqualTo("login");
        assertThat(peer.read()).isEqualTo(-1);
      }
    }
  }

  /** The client retries a server whose login fails after a loss. */
  @Test
  void aReconnectContinuesUntilALoginSucceeds() throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              server
                  .client()
                  .reconnect(SOON)
                  .retryFirstConnect(SOON)
                  .onConnect(
                      now ->
                          now.ask("login")
                              .thenAccept(
                                  answer -> {
                                    if (!answer.equals("yes")) {
                                      throw new IllegalStateException("refused");
                                    }
                                  }))
                  .build());
      for (String answer : List.of("no", "no", "yes", "no", "yes")) {
        try (Peer peer = server.accept()) {
          assertThat(peer.line()).isEqualTo("login");
          peer.send(answer + "\n");
          if (answer.equals("yes")) {
            connecting.get().connected().get();
          } else {
            assertThat(peer.read()).isEqualTo(-1);
          }
        }
      }
    }
  }

  @Test
  void theFirstConnectIsRetriedOnRequest() throws Exception {
    ByHand server = new ByHand();
    server.close();
    int port = server.socket.getLocalPort();
    assertThatThrownBy(() -> Client.connect(server.client().reconnect(SOON).build()))
        .isInstanceOf(ConnectException.class);
    AtomicInteger lookUps = new AtomicInteger();
    List<Boolean> done = new ArrayList<>();
    try (Connector connector = new Connector()) {
      CompletableFuture<Void> thrice = new CompletableFuture<>();
      ClientConfig<String, String> config =
          ClientConfig.builder(
                  parley.endpoint.Endpoint.parse("tcp://some.test:" + port), ByHand.lines())
              .retryFirstConnect(SOON)
              .resolver(
                  name -> {
                    if (lookUps.incrementAndGet() == 3) {
                      thrice.complete(null);
                    }
                    return List.of(java.net.InetAddress.getByName("127.0.0.1"));
                  })
              .build();
      CompletableFuture<Client<String, String>> connecting = connector.connect(config);
      thrice.get(60, TimeUnit.SECONDS);
      done.add(connecting.isDone());
      try (ByHand later = new ByHand("127.0.0.1", port);
          Client<String, String> client = connecting.get(60, TimeUnit.SECONDS);
          Peer peer = later.accept()) {
        CompletableFuture<String> answer = client.ask("a");
        assertThat(peer.line()).isEqualTo("a");
        peer.send("re a\n");
        assertThat(answer.get()).isEqualTo("re a");
      }
      assertThat(done).containsExactly(false);
    }
  }
}
