package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.client.ByHand.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.internal.loop.EventLoop;
import parley.protocol.Correlation;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** Futures that the caller gives up hold no resources. */
class GivingUpTest {

  /** All ways in which a caller may complete a future of the client. */
  private enum Way {
    CANCEL(future -> future.cancel(true)),
    TIMEOUT(future -> future.orTimeout(1, TimeUnit.MILLISECONDS)),
    DEFAULT(future -> future.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS)),
    VALUE(future -> future.complete(null)),
    FAILURE(future -> future.completeExceptionally(new TimeoutException())),
    ASYNC(future -> future.completeAsync(() -> null)),
    ASYNC_FAILURE(
        future ->
            future.completeAsync(
                () -> {
                  throw new IllegalStateException();
                })),
    OBTRUDE(future -> future.obtrudeValue(null)),
    OBTRUDE_FAILURE(future -> future.obtrudeException(new TimeoutException()));

    private final Consumer<CompletableFuture<?>> end;

    Way(Consumer<CompletableFuture<?>> end) {
      this.end = end;
    }

    void end(CompletableFuture<?> future) {
      end.accept(future);
      var unused = future.handle((value, failure) -> null).join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectThatIsGivenUpClosesItsConnection(Way way) throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              server
                  .client()
                  .connectTimeout(Duration.ofHours(1))
                  .onConnect(now -> now.ask("login"))
                  .build());
      try (Peer peer = server.accept()) {
        assertThat(peer.line()).isEqualTo("login");
        way.end(connecting);
        assertThat(peer.read()).isEqualTo(-1);
      }
    }
  }

  /** The caller gives up a connect while it is being retried. */
  @ParameterizedTest
  @EnumSource
  void aConnectThatIsGivenUpIsNotTriedAgain(Way way) throws Exception {
    ByHand server = new ByHand();
    server.close();
    try (Connector connector = new Connector()) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              server
                  .client()
                  .retryFirstConnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                  .build());
      way.end(connecting);
      try (ByHand later = new ByHand("127.0.0.1", server.socket.getLocalPort());
          Client<String, String> other = connector.connect(later.client().build()).get()) {
        CompletableFuture<String> answer = other.ask("a");
        while (!answer.isDone()) {
          try (Peer peer = later.accept()) { // the first connection may come earlier, and is closed
            if (peer.line().equals("a")) {
              peer.send("re a\n");
              assertThat(answer.get()).isEqualTo("re a");
            }
          }
        }
        Await.until(
            "none of the first one's stays", () -> connector.mina().getManagedSessionCount() == 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void requestsThatAreGivenUpFreeTheirPlaces(Way way) throws Exception {
    for (Correlation<String, String> correlation :
        List.of(
            Correlation.<String, String>inOrder(),
            Correlation.<String, String>byKey(GivingUpTest::word, GivingUpTest::word))) {
      try (ByHand server = new ByHand();
          Client<String, String> client =
              Client.connect(
                  ClientConfig.builder(server.endpoint(), ByHand.lines(correlation))
                      .maxInFlight(2)
                      .build());
          Peer peer = server.accept()) {
        List<CompletableFuture<String>> asked = List.of(client.ask("1 a"), client.ask("2 b"));
        assertThat(failure(client.ask("3 c")))
            .hasMessageStartingWith("too many pending requests: 2");
        assertThat(peer.line() + peer.line()).isEqualTo("1 a2 b");
        asked.forEach(way::end);
        assertThat(client.inFlight()).isZero();
        CompletableFuture<String> next = client.ask("4 d");
        assertThat(peer.line()).isEqualTo("4 d");
        peer.send("1 a\n2 b\n4 d\n");
        assertThat(next.get()).isEqualTo("4 d"); // the late answers were not taken for it
      }
    }
  }

  private static String word(String line) {
    return line.split(" ")[0];
  }

  /** Late answers are still expected, so their number is bounded. */
  @Test
  void requestsGivenUpInOrderAreBounded() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(server.client().maxInFlight(3).build());
        Peer peer = server.accept()) {
      for (int i = 0; i < 6; i++) {
        CompletableFuture<String> asked = client.ask("late");
        assertThat(peer.line()).isEqualTo("late");
        asked.cancel(true);
      }
      assertThat(failure(client.ask("one more")))
          .isInstanceOf(ClientException.class)
          .hasMessageStartingWith("too many requests given up whose answers are still due: ");
      peer.send("late\n");
      CompletableFuture<String> answer =
          Await.until(
              "the late answer",
              () -> client.ask("next"),
              asked -> !asked.isCompletedExceptionally());
      assertThat(peer.line()).isEqualTo("next");
      peer.send("late\n".repeat(5) + "re next\n");
      assertThat(answer.get()).isEqualTo("re next");
    }
  }

  /** Where keys identify answers, the eldest request is forgotten. */
  @Test
  void requestsGivenUpByKeyAreForgotten() throws Exception {
    Correlation<String, String> byKey = Correlation.byKey(GivingUpTest::word, GivingUpTest::word);
    List<Object> unasked = new ArrayList<>();
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(server.endpoint(), ByHand.lines(byKey))
                    .maxInFlight(3)
                    .onUnsolicited(unasked::add)
                    .build());
        Peer peer = server.accept()) {
      for (int i = 0; i < 1000; i++) {
        CompletableFuture<String> asked = client.ask(i + " late");
        assertThat(peer.line()).isEqualTo(i + " late");
        asked.cancel(true);
      }
      assertThat(failure(client.ask("999 again")))
          .isInstanceOf(ClientException.class)
          .hasMessage("key 999 of a request whose late answer is due (expected: a unique key)");
      CompletableFuture<String> last = client.ask("last x");
      assertThat(peer.line()).isEqualTo("last x");
      peer.send("0 late\n999 late\nlast y\n");
      assertThat(last.get()).isEqualTo("last y");
      assertThat(unasked).containsExactly("0 late"); // the other one is still known
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDrainDoesNotWaitForRequestsThatAreGivenUp(Way way) throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().answerTimeout(Duration.ofHours(1)).build());
        Peer peer = server.accept()) {
      List<CompletableFuture<String>> asked = List.of(client.ask("a"), client.ask("b"));
      assertThat(peer.line() + peer.line()).isEqualTo("ab");
      CompletableFuture<Void> drained = client.drain();
      way.end(asked.get(0));
      assertThat(drained).isNotDone();
      way.end(asked.get(1));
      assertThat(peer.rest()).isEmpty();
      peer.close();
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  /** A request that times out before it is written does not delay a drain that has begun. */
  @Test
  void aDrainDoesNotWaitForARequestThatWasNeverWritten() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicReference<Client<String, String>> client = new AtomicReference<>();
    AtomicReference<CompletableFuture<Void>> drained = new AtomicReference<>();
    Connector.Timer timer =
        (task, delay) -> {
          if (client.get() != null && drained.get() == null) {
            drained.set(client.get().drain()); // within ask, before it is written
            timeOutNow(client.get(), task);
          }
          return new CompletableFuture<>();
        };
    try (ByHand server = new ByHand();
        Connector connector = new Connector(1, timer)) {
      Client<String, String> made =
          connector.connect(server.client().silenceTimeout(Duration.ZERO).build()).get();
      IoSession session = connector.mina().getManagedSessions().values().iterator().next();
      EventLoop.onLoopOf(session, () -> Servers.await(asked)); // later requests are queued
      client.set(made);
      try (Peer peer = server.accept()) {
        CompletableFuture<String> late = made.ask("a", Duration.ZERO);
        asked.countDown();
        assertThat(failure(late)).isInstanceOf(AnswerTimeoutException.class);
        assertThat(peer.rest()).isEmpty();
        peer.close();
        drained.get().get(60, TimeUnit.SECONDS);
      }
    }
  }

  /** Lets the timeout, which needs the caller's lock, run in between. */
  private static void timeOutNow(Client<String, String> client, Runnable task) {
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Void> over =
        CompletableFuture.runAsync(
            () -> {
              task.run();
              Await.until("no timeout under way", PendingRequest.TIMEOUTS::isQuiescent);
              synchronized (client.connection().capacity) {
                isOver.set(true);
                client.connection().capacity.notifyAll();
              }
            });
    try {
      while (!isOver.get()) {
        client.connection().capacity.wait();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(over).isNotCompletedExceptionally();
  }

  /** The caller of a drain may give up waiting for it: the client still closes. */
  @Test
  void aDrainThatIsGivenUpContinues() throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      Client<String, String> client = connector.connect(server.client().build()).get();
      try (Peer peer = server.accept()) {
        CompletableFuture<String> asked = client.ask("a");
        client.drain().cancel(true);
        peer.line();
        peer.send("re a\n");
        assertThat(asked.get()).isEqualTo("re a");
        assertThat(peer.read()).isEqualTo(-1);
      }
      client.lost().get(60, TimeUnit.SECONDS);
      assertThat(failure(client.connected())).isInstanceOf(ConnectionLostException.class);
    }
  }

  @Test
  void aClientThatIsClosedWhileItConnectsReportsThat() throws Exception {
    try (ByHand server = new ByHand()) {
      Connector connector = new Connector();
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(
              server.client().onConnect(now -> new CompletableFuture<Void>()).build());
      try (Peer peer = server.accept()) {
        connector.close();
        assertThat(failure(connecting))
            .isInstanceOf(ConnectException.class)
            .hasMessage("the connector is closed");
        assertThat(peer.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void anInterruptedConnectReportsThat() throws Exception {
    try (ByHand server = new ByHand()) {
      ClientConfig<String, String> config =
          server.client().onConnect(now -> new CompletableFuture<Void>()).build();
      Thread.currentThread().interrupt();
      Throwable thrown = null;
      try {
        Client.connect(config).close();
      } catch (ConnectException e) {
        thrown = e;
      }
      assertThat(Thread.interrupted()).isTrue();
      assertThat(thrown).hasMessage("cannot connect to " + server.endpoint() + ": interrupted");
    }
  }

  @Test
  void completionsKeepTheirValues() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(server.client().build());
        Peer peer = server.accept()) {
      CompletableFuture<String> asked = client.ask("a");
      assertThat(peer.line()).isEqualTo("a");
      assertThat(asked.complete("mine")).isTrue();
      assertThat(asked.complete("again")).isFalse();
      peer.send("re a\n");
      assertThat(asked.get()).isEqualTo("mine");
      CompletableFuture<String> async = client.ask("b").completeAsync(() -> "async");
      assertThat(async.get()).isEqualTo("async");
      try {
        client.ask("c").orTimeout(1, TimeUnit.MILLISECONDS).get();
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(TimeoutException.class);
      }
    }
  }
}
