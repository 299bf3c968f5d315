package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.client.ByHand.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** Callbacks that block the thread for which they wait. */
class OwnLoopTest {

  private static final String BLOCKS = "event loop blocked by join or get";

  private enum Block {
    JOIN(CompletableFuture::join),
    GET(
        future -> {
          try {
            return future.get();
          } catch (InterruptedException | ExecutionException e) {
            throw new CompletionException(e.getCause());
          }
        }),
    GET_WITHIN(
        future -> {
          try {
            return future.get(1, TimeUnit.HOURS);
          } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new CompletionException(e.getCause());
          }
        }),
    OF_A_DERIVED_ONE(future -> future.thenApply(answer -> answer).handle((a, f) -> f).join());

    private final Function<CompletableFuture<String>, Object> block;

    Block(Function<CompletableFuture<String>, Object> block) {
      this.block = block;
    }
  }

  private static Server echo() throws Exception {
    return Servers.of(ByHand.lines());
  }

  private static ClientConfig.Builder<String, String> client(Server server) {
    return ClientConfig.builder(server.endpoint(), ByHand.lines())
        .answerTimeout(Duration.ofMillis(100));
  }

  /** The wait ends by its timeout, and is logged once, with its stack. */
  @ParameterizedTest
  @EnumSource
  void aWaitOnItsOwnLoopEndsAndIsLogged(Block block) throws Exception {
    try (Logs logs = Logs.capture();
        ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().answerTimeout(Duration.ofMillis(100)).build());
        Peer peer = server.accept()) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Object> outer =
            client
                .ask("a", Duration.ofHours(1))
                .thenApply(answer -> block.block.apply(client.ask("b")));
        assertThat(peer.line()).isEqualTo("a");
        peer.send("re a\n");
        if (block == Block.OF_A_DERIVED_ONE) {
          assertThat(outer.get(60, TimeUnit.SECONDS)).isInstanceOf(CompletionException.class);
        } else {
          assertThat(failure(outer)).isInstanceOf(AnswerTimeoutException.class);
        }
        assertThat(peer.line()).isEqualTo("b"); // the loop still runs
        peer.send("late\n");
      }
      assertThat(logs.atLeast("WARN")).filteredOn(line -> line.contains(BLOCKS)).hasSize(1);
    }
  }

  /**
   * A close ends the wait, too, before its timeout: the loop serves the connector's other clients.
   */
  @ParameterizedTest
  @EnumSource
  void aCloseEndsAWaitOnItsOwnLoop(Block block) throws Exception {
    try (ByHand server = new ByHand();
        ByHand other = new ByHand();
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          server.client().answerTimeout(Duration.ofHours(1)).build();
      Client<String, String> one = connector.connect(config).get();
      CompletableFuture<Object> outer = blocked(server, one, block);
      one.close();
      assertThat(outer.handle((answer, failure) -> true).get(60, TimeUnit.SECONDS)).isTrue();
      try (Client<String, String> two = connector.connect(other.client().build()).get();
          Peer peer = other.accept()) {
        CompletableFuture<String> answer = two.ask("c");
        assertThat(peer.line()).isEqualTo("c");
        peer.send("re c\n");
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("re c");
      }
    }
  }

  @Test
  void aClosedClientLeavesNoBlockedLoop() throws Exception {
    CompletableFuture<Thread> loop = new CompletableFuture<>();
    try (ByHand server = new ByHand()) {
      Client<String, String> client =
          Client.connect(
              server
                  .client()
                  .answerTimeout(Duration.ofHours(1))
                  .onConnect(
                      now -> {
                        loop.complete(Thread.currentThread());
                        return CompletableFuture.completedFuture(null);
                      })
                  .build());
      blocked(server, client, Block.JOIN);
      client.close();
      loop.get().join();
    }
  }

  /** Blocks the loop of a client in a wait for its second request. */
  private static CompletableFuture<Object> blocked(
      ByHand server, Client<String, String> client, Block block) throws Exception {
    CountDownLatch begins = new CountDownLatch(1);
    CompletableFuture<Object> outer =
        client
            .ask("a")
            .thenApply(
                answer -> {
                  CompletableFuture<String> second = client.ask("b");
                  begins.countDown();
                  return block.block.apply(second);
                });
    Peer peer = server.accept();
    assertThat(peer.line()).isEqualTo("a");
    peer.send("re a\n");
    begins.await();
    return outer;
  }

  /** The requests of a closed client fail while its loop is blocked, and so do their dependents. */
  @Test
  void aCloseFailsRequestsWhileTheLoopIsBlocked() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      Client<String, String> client = connector.connect(server.client().build()).get();
      CountDownLatch begins = new CountDownLatch(1);
      var unused =
          client
              .ask("a")
              .thenAccept(
                  answer -> {
                    begins.countDown();
                    Servers.await(end);
                  });
      try (Peer peer = server.accept()) {
        peer.line();
        peer.send("re a\n");
        begins.await();
        List<CompletableFuture<String>> asked = new ArrayList<>();
        asked.add(client.ask("b", Duration.ofHours(1)));
        asked.add(client.ask("c", Duration.ofHours(2)));
        client.close();
        asked.add(client.ask("d", Duration.ofHours(1)));
        for (CompletableFuture<String> each : asked) {
          assertThat(failure(each)).isInstanceOf(ConnectionLostException.class);
        }
      } finally {
        end.countDown();
      }
    }
  }

  @Test
  void aWaitElsewhereIsNotLogged() throws Exception {
    try (Logs logs = Logs.capture();
        Server server = echo();
        Client<String, String> client =
            Client.connect(client(server).answerTimeout(Duration.ofHours(1)).build())) {
      assertThat(client.ask("a").get()).isEqualTo("a");
      assertThat(client.ask("b").thenApplyAsync(answer -> client.ask("c").join()).get())
          .isEqualTo("c");
      assertThat(logs.atLeast("WARN")).noneMatch(line -> line.contains(BLOCKS));
    }
  }

  /** A dependent of a timeout may wait for other timeouts that are due at the same time. */
  @Test
  void aDependentOfATimeoutMayBlock() throws Exception {
    Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    Connector.Timer timer =
        (task, delay) -> {
          if (delay.compareTo(Duration.ofSeconds(1)) < 0) {
            tasks.add(task);
          }
          return new CompletableFuture<>();
        };
    try (ByHand server = new ByHand();
        Connector connector = new Connector(1, timer);
        Client<String, String> client = connector.connect(server.client().build()).get()) {
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        asked.add(client.ask("a", Duration.ofMillis(1)));
      }
      List<CompletableFuture<String>> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        CompletableFuture<String> next = asked.get((i + 1) % 20);
        waiting.add(
            asked.get(i).exceptionally(late -> next.handle((answer, none) -> "late").join()));
      }
      Pace.pause(5); // so that all of them are due, and time out together
      tasks.remove().run();
      for (CompletableFuture<String> each : waiting) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo("late");
      }
    }
  }

  /**
   * The ways in which a dependent of a timeout may block, and the number of them that delay nothing
   * at the same time.
   */
  private enum Wait {
    FOR_ANOTHER_CLIENT(20),
    FOR_A_FUTURE(20),
    FOR_A_LATCH(4);

    private final int count;

    Wait(int count) {
      this.count = count;
    }
  }

  /** Timeouts that are due together do not wait for a dependent of one of them. */
  @ParameterizedTest
  @EnumSource
  void aDependentOfATimeoutDelaysNoOther(Wait wait) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<String> future = new CompletableFuture<>();
    try (ByHand server = new ByHand();
        Client<String, String> other =
            Client.connect(server.client().answerTimeout(Duration.ofHours(1)).build());
        Client<String, String> client = Client.connect(server.client().build())) {
      CompletableFuture<String> answer = other.ask("never");
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < wait.count; i++) {
        CompletableFuture<String> ask = client.ask("a", Duration.ofMillis(20));
        asked.add(ask);
        var unused =
            ask.exceptionally(
                late -> {
                  switch (wait) {
                    case FOR_ANOTHER_CLIENT -> answer.handle((none, failure) -> "end").join();
                    case FOR_A_FUTURE -> future.join();
                    case FOR_A_LATCH -> Servers.await(end);
                  }
                  return "end";
                });
      }
      for (CompletableFuture<String> each : asked) {
        Await.until("a timeout", each::isDone); // get would run dependents on this thread
        assertThat(failure(each)).isInstanceOf(AnswerTimeoutException.class);
      }
    } finally {
      end.countDown();
      future.complete("end");
    }
  }

  /** Timeouts of other clients of a connector are not delayed by a dependent of one. */
  @Test
  void aBlockedTimeoutDelaysNoOtherClient() throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          server.client().answerTimeout(Duration.ofMillis(20)).build();
      Client<String, String> one = connector.connect(config).get();
      Client<String, String> two = connector.connect(config).get();
      CompletableFuture<String> end = new CompletableFuture<>();
      CompletableFuture<String> blocked = one.ask("a").exceptionally(late -> end.join());
      assertThat(failure(two.ask("b"))).isInstanceOf(AnswerTimeoutException.class);
      assertThat(failure(one.ask("c"))).isInstanceOf(AnswerTimeoutException.class);
      assertThat(blocked).isNotDone();
      end.complete("end");
      assertThat(blocked.get()).isEqualTo("end");
    }
  }

  /** The watchdog names the code that blocks a client's loop by other means. */
  @Test
  void aBlockedLoopIsLogged() throws Exception {
    try (Logs logs = Logs.capture();
        ByHand server = new ByHand();
        Client<String, String> client = Client.connect(server.client().build());
        Peer peer = server.accept()) {
      CompletableFuture<Void> held =
          client
              .ask("a")
              .thenAccept(
                  answer -> Await.until("a warning", () -> !logs.ofTheWatchdog().isEmpty()));
      assertThat(peer.line()).isEqualTo("a");
      peer.send("re a\n");
      held.get(60, TimeUnit.SECONDS);
      assertThat(logs.ofTheWatchdog()).isNotEmpty();
    }
  }
}
