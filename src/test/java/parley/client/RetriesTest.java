package parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.protocol.Correlation;
import parley.testing.Pace;
import parley.testing.Peer;

/** How often a client connects to a server that closes its connections. */
class RetriesTest {

  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofMinutes(1));

  /** A timer whose waits take no time: they are added up. */
  private static final class Sum implements Connector.Timer {

    private final Duration most;
    private final CompletableFuture<Void> passed = new CompletableFuture<>();
    private final AtomicReference<Duration> sum = new AtomicReference<>(Duration.ZERO);

    Sum(Duration most) {
      this.most = most;
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
      if (delay.compareTo(Duration.ofMinutes(2)) > 0) {
        return new CompletableFuture<>(); // a timeout of the test, which must never fire
      }
      if (sum.accumulateAndGet(delay, Duration::plus).compareTo(most) > 0) {
        passed.complete(null);
        return new CompletableFuture<>();
      }
      return CompletableFuture.runAsync(task);
    }
  }

  private enum Server {
    /** Closes at once. */
    SILENT,
    /** Sends the reason before it closes, which answers no request. */
    BANNER,
    /** Sends the reason, and the client takes it for an answer. */
    REFUSAL,
    /** Answers the login, and then closes. */
    LOGIN,
    /** Is far away: its refusal takes longer than the first wait. */
    FAR,
    /** Refuses at once, and takes longer than the first wait for its close. */
    SLOW_CLOSE,
    /** Takes longer than the first wait for the login, and refuses the next request. */
    SLOW_LOGIN;

    boolean hasLogin() {
      return this == LOGIN || this == SLOW_LOGIN;
    }

    /** Lets more time pass than the first wait takes. */
    void delay(Server slow) {
      if (this == slow) {
        Pace.block(60);
      }
    }
  }

  /** The time bounds are those of a test without a clock of its own: 231 connects in 10 s. */
  @ParameterizedTest
  @EnumSource
  void aServerThatRefusesGetsFewConnects(Server kind) throws Exception {
    Sum timer = new Sum(Duration.ofSeconds(10));
    AtomicInteger connects = new AtomicInteger();
    try (ByHand server = new ByHand();
        Connector connector = new Connector(1, timer)) {
      Thread accepting = new Thread(() -> refuse(server, kind, connects));
      accepting.start();
      Correlation<String, String> correlation =
          kind == Server.BANNER ? Correlation.inOrderAfterBanner() : Correlation.inOrder();
      ClientConfig.Builder<String, String> config =
          ClientConfig.builder(server.endpoint(), ByHand.lines(correlation))
              .connectTimeout(Duration.ofHours(1))
              .answerTimeout(Duration.ofHours(1))
              .reconnect(BACKOFF)
              .retryFirstConnect(BACKOFF);
      if (kind.hasLogin()) {
        config.onConnect(now -> now.ask("login"));
      }
      Client<String, String> client = connector.connect(config.build()).get();
      while (!timer.passed.isDone()) {
        CompletableFuture<String> ended =
            client
                .connected()
                .thenCompose(again -> client.ask("a"))
                .handle((answer, failure) -> answer);
        CompletableFuture.anyOf(ended, timer.passed).get(); // after that, nothing connects any more
      }
      server.close();
      accepting.join();
    }
    assertThat(connects.get()).isBetween(5, 12);
  }

  private static void refuse(ByHand server, Server kind, AtomicInteger connects) {
    try {
      while (true) {
        try (Peer peer = server.accept()) {
          connects.incrementAndGet();
          if (kind != Server.SILENT && kind != Server.BANNER) {
            peer.line();
          }
          kind.delay(Server.FAR);
          kind.delay(Server.SLOW_LOGIN);
          if (kind != Server.SILENT) {
            peer.send("ERR too many connections\n");
          }
          if (kind == Server.SLOW_LOGIN) {
            peer.line();
            peer.send("ERR too many connections\n");
          }
          kind.delay(Server.SLOW_CLOSE);
        }
      }
    } catch (java.io.IOException closed) {
      // the test has ended
    }
  }

  @Test
  void theWaitsStartAgainAfterAGoodConnection() {
    Backoff.Retries retries = new Backoff.Retries(BACKOFF);
    for (int i = 0; i < 5; i++) {
      retries.next();
    }
    retries.ended(Duration.ofSeconds(30), Duration.ZERO); // one answer, or none
    assertThat(retries.next()).isGreaterThan(Duration.ofMillis(500));
    retries.ended(Duration.ofSeconds(30), Duration.ofMillis(300)); // less than the wait before it
    assertThat(retries.next()).isGreaterThan(Duration.ofMillis(500));
    retries.ended(Duration.ofSeconds(30), Duration.ofSeconds(10));
    assertThat(retries.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    retries.next();
    retries.ended(Duration.ofMinutes(1), Duration.ZERO);
    assertThat(retries.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    retries = new Backoff.Retries(BACKOFF); // connects at once, without a wait before it
    retries.ended(Duration.ofSeconds(1), Duration.ZERO);
    retries.next();
    assertThat(retries.next()).isGreaterThan(Duration.ofMillis(49));
  }
}
