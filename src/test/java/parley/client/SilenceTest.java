package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.client.ByHand.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.Correlation;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** A server that is connected and sends nothing. */
class SilenceTest {

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration HALF = Duration.ofMillis(500);

  private static Correlation<String, String> correlation(String kind) {
    return switch (kind) {
      case "in order" -> Correlation.inOrder();
      case "by key" -> Correlation.byKey(line -> line.split(" ")[0], line -> line.split(" ")[0]);
      case "none" -> Correlation.none();
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static ClientConfig.Builder<String, String> client(ByHand server, String kind) {
    return ClientConfig.builder(server.endpoint(), ByHand.lines(correlation(kind)))
        .silenceTimeout(SHORT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in order", "by key"})
  void aConnectionWithoutItsDueAnswersIsLost(String kind) throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(client(server, kind).build());
        Peer peer = server.accept()) {
      CompletableFuture<ConnectionLostException> lost = client.lost();
      for (int i = 0; !lost.isDone(); i++) {
        assertThat(failure(client.ask(i + " a", SHORT.dividedBy(5))))
            .isInstanceOfAny(AnswerTimeoutException.class, ClientException.class);
      }
      assertThat(lost.get()).hasMessage("no frame within 50 ms");
      assertThat(peer.rest()).matches("([0-9]+ a\n)+");
    }
  }

  /** Requests that are made during the silence do not extend the bound, however long they wait. */
  @ParameterizedTest
  @ValueSource(strings = {"in order", "by key"})
  void laterRequestsDoNotExtendTheBound(String kind) throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(client(server, kind).maxInFlight(1 << 20).build());
        Peer peer = server.accept()) {
      CompletableFuture<ConnectionLostException> lost = client.lost();
      for (int i = 0; !lost.isDone(); i++) {
        assertThat(failure(client.ask(i + " a", SHORT.dividedBy(5))))
            .isInstanceOfAny(AnswerTimeoutException.class, ClientException.class);
        var unused = client.ask(i + "patient a", Duration.ofHours(1));
      }
      assertThat(lost.get()).hasMessage("no frame within 50 ms");
    }
  }

  /** A client leaves such a server for another one. */
  @Test
  void theClientConnectsToAnotherServer() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                client(server, "in order")
                    .answerTimeout(Duration.ofMillis(20))
                    .maxInFlight(4)
                    .reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)))
                    .build());
        Peer silent = server.accept()) {
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        asked.add(client.ask("a"));
      }
      for (CompletableFuture<String> each : asked) {
        assertThat(failure(each)).isInstanceOf(ClientException.class);
      }
      try (Peer next = server.accept()) {
        client.connected().get();
        CompletableFuture<String> answer = client.ask("b", Duration.ofHours(1));
        assertThat(next.line()).isEqualTo("b");
        next.send("re b\n");
        assertThat(answer.get()).isEqualTo("re b");
      }
    }
  }

  /** Nothing is due on an idle connection, and a long timeout explains a silence. */
  @Test
  void expectedSilenceIsNotAFault() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(client(server, "by key").build());
        Peer peer = server.accept()) {
      client.send("0 sent").get();
      CompletableFuture<String> patient = client.ask("1 patient", Duration.ofHours(1));
      for (int i = 2; i < 6; i++) { // together longer than the bound
        assertThat(failure(client.ask(i + " impatient", SHORT)))
            .isInstanceOf(AnswerTimeoutException.class);
      }
      peer.send("1 answer\n");
      assertThat(patient.get()).isEqualTo("1 answer");
    }
  }

  /** The longer bound of a request ends with its answer. */
  @ParameterizedTest
  @ValueSource(strings = {"in order", "by key"})
  void theLongerBoundEndsWithTheAnswer(String kind) throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(client(server, kind).build());
        Peer peer = server.accept()) {
      CompletableFuture<String> patient = client.ask("1 patient", Duration.ofHours(1));
      peer.line();
      peer.send("1 answer\n");
      assertThat(patient.get()).isEqualTo("1 answer");
      CompletableFuture<ConnectionLostException> lost = client.lost();
      for (int i = 2; !lost.isDone(); i++) {
        assertThat(failure(client.ask(i + " b", SHORT.dividedBy(5))))
            .isInstanceOfAny(AnswerTimeoutException.class, ClientException.class);
      }
      assertThat(lost.get()).hasMessage("no frame within 50 ms");
    }
  }

  /**
   * Where keys identify answers, one missing answer does not count as silence after others have
   * come.
   */
  @Test
  void anIdleConnectionStaysAlthoughAnAnswerNeverCame() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(client(server, "by key").silenceTimeout(HALF).build());
        Client<String, String> clock =
            Client.connect(client(server, "by key").silenceTimeout(Duration.ZERO).build());
        Peer peer = server.accept()) {
      assertThat(failure(client.ask("1 a", Duration.ofMillis(1))))
          .isInstanceOf(AnswerTimeoutException.class);
      CompletableFuture<String> second = client.ask("2 b");
      String line = peer.line();
      if (line.equals("1 a")) { // it may have been given up before it was sent
        line = peer.line();
      }
      assertThat(line).isEqualTo("2 b");
      peer.send("2 b\n");
      assertThat(second.get()).isEqualTo("2 b");
      assertThat(failure(clock.ask("3 c", HALF.multipliedBy(2))))
          .isInstanceOf(AnswerTimeoutException.class); // by then the bound has passed
      CompletableFuture<String> third = client.ask("4 d");
      assertThat(peer.line()).isEqualTo("4 d");
      peer.send("4 d\n");
      assertThat(third.get()).isEqualTo("4 d");
    }
  }

  /**
   * A late answer that came while the loop was blocked counts, whether the block was long or short.
   * It also counts if the loop reads it in several parts.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 300_000})
  void aBlockedLoopIsNotTheServersSilence(int length) throws Exception {
    for (double holdUp : new double[] {1.05, 3}) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch arrived = new CountDownLatch(1);
      try (ByHand server = new ByHand();
          Client<String, String> client =
              Client.connect(
                  ClientConfig.builder(
                          server.endpoint(), ByHand.lines(Correlation.inOrder(), length))
                      .answerTimeout(HALF.dividedBy(5))
                      .silenceTimeout(HALF)
                      .build());
          Peer peer = server.accept()) {
        CompletableFuture<Void> first =
            client
                .ask("a", Duration.ofMillis(450)) // too short to explain a silence
                .thenAccept(
                    answer -> {
                      begun.countDown();
                      Servers.await(arrived);
                      Pace.block((long) (HALF.toMillis() * holdUp));
                    });
        CompletableFuture<String> second = client.ask("b");
        assertThat(peer.line() + peer.line()).isEqualTo("ab");
        peer.send("re a\n");
        begun.await(); // so that the loop reads the next answer separately
        arrived.countDown();
        peer.send("x".repeat(length) + "\n");
        assertThat(failure(second)).isInstanceOf(AnswerTimeoutException.class);
        first.get();
        CompletableFuture<String> third = client.ask("c", Duration.ofMinutes(1));
        assertThat(peer.line()).isEqualTo("c");
        peer.send("re c\n");
        assertThat(third.get()).isEqualTo("re c");
        CompletableFuture<ConnectionLostException> lost = client.lost();
        var unused = client.ask("d"); // a later silence counts
        assertThat(lost.get(60, TimeUnit.SECONDS)).hasMessage("no frame within 500 ms");
      }
    }
  }

  @Test
  void theBoundIsAMultipleOfTheAnswerTimeout() {
    ClientConfig.Builder<String, String> config =
        ClientConfig.builder(Servers.FREE.withPort(1), ByHand.lines());
    assertThat(config.build().silenceTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.answerTimeout(Duration.ofMillis(5)).build().silenceTimeout())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(config.silenceTimeout(Duration.ZERO).build().silenceTimeout()).isZero();
    assertThatThrownBy(() -> config.silenceTimeout(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> config.heartbeat(Duration.ZERO, () -> ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** A heartbeat works with or without a key, and where no answers are matched. */
  @ParameterizedTest
  @ValueSource(strings = {"in order", "by key", "none"})
  void heartbeatsKeepAnIdleConnectionAndFindASilentOne(String kind) throws Exception {
    List<Object> unasked = new ArrayList<>();
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                client(server, kind)
                    .silenceTimeout(Duration.ofSeconds(1))
                    .heartbeat(Duration.ofMillis(5), () -> "0 ping")
                    .onUnsolicited(unasked::add)
                    .build());
        Peer peer = server.accept()) {
      for (int i = 0; i < 20; i++) {
        assertThat(peer.line()).isEqualTo("0 ping");
        peer.send("0 pong\n");
      }
      assertThat(client.lost().get(60, TimeUnit.SECONDS)).hasMessage("no frame within 1000 ms");
      assertThat(unasked).hasSize(kind.equals("none") ? 20 : 0);
    }
  }

  /** A heartbeat whose answer was lost does not keep the next ones from being sent. */
  @Test
  void aHeartbeatIsSentAlthoughAnAnswerWasLost() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                client(server, "by key")
                    .silenceTimeout(Duration.ofMinutes(1))
                    .answerTimeout(Duration.ofMillis(20))
                    .heartbeat(Duration.ofMillis(5), () -> "0 ping")
                    .build());
        Peer peer = server.accept()) {
      for (int i = 0; i < 5; i++) {
        assertThat(peer.line()).isEqualTo("0 ping"); // no answer to any of them
      }
      peer.send("0 pong\n0 pong\n");
      assertThat(peer.line()).isEqualTo("0 ping");
    }
  }

  /** The answer to a heartbeat is not taken for another request's. */
  @Test
  void aHeartbeatsAnswerIsMatchedLikeAnyOther() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().heartbeat(Duration.ofMillis(5), () -> "ping").build());
        Peer peer = server.accept()) {
      assertThat(peer.line()).isEqualTo("ping");
      CompletableFuture<String> asked = client.ask("a");
      assertThat(peer.line()).isEqualTo("a");
      peer.send("pong\nre a\n");
      assertThat(asked.get()).isEqualTo("re a");
    }
  }

  @Test
  void aHeartbeatThatCannotBeMadeEndsTheConnection() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                server
                    .client()
                    .heartbeat(
                        Duration.ofMillis(1),
                        () -> {
                          throw new IllegalStateException("no pulse");
                        })
                    .build())) {
      server.accept();
      assertThat(client.lost().get(60, TimeUnit.SECONDS)).hasMessageContaining("no pulse");
      assertThatThrownBy(client.ask("a")::join).isInstanceOf(CompletionException.class);
    }
  }
}
