package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.client.ByHand.failure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** The pending data of a client is bounded, whether its server reads or not. */
class RoomTest {

  private static final int BOUND = 1 << 20;

  /** Blocks a client's event loop, in a dependent of an answer, until it is closed. */
  private static final class HeldUp implements AutoCloseable {

    private final CountDownLatch end = new CountDownLatch(1);
    private final CompletableFuture<Void> held;

    HeldUp(Client<String, String> client, Peer peer) throws Exception {
      CountDownLatch begun = new CountDownLatch(1);
      held =
          client
              .ask("hold")
              .thenAccept(
                  answer -> {
                    begun.countDown();
                    Servers.await(end);
                  });
      peer.line();
      peer.send("held\n");
      begun.await();
    }

    @Override
    public void close() {
      end.countDown();
      held.join();
    }
  }

  private static Object message(String kind) {
    String text = "x".repeat(1000);
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return switch (kind) {
      case "text" -> text;
      case "bytes" -> IoBuffer.wrap(bytes);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "bytes"})
  void sendsAreBoundedByTheirCost(String kind) throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().outboundBytes(BOUND).build());
        Peer peer = server.accept()) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      try (HeldUp held = new HeldUp(client, peer)) {
        for (int i = 0; i < 5000; i++) {
          sent.add(ByHand.untyped(client).send(message(kind)));
        }
        long taken = sent.stream().filter(each -> !each.isCompletedExceptionally()).count();
        assertThat(taken).isBetween(BOUND / 1352L, BOUND / 1350L);
        assertThat(failure(sent.get(4999)))
            .isExactlyInstanceOf(ClientException.class)
            .hasMessageStartingWith("too many bytes wait to be sent: ")
            .hasMessageContaining("(expected: at most " + BOUND);
        assertThat(failure(client.ask("x".repeat(1000))))
            .hasMessageStartingWith("too many bytes wait to be sent: ");
        assertThat(client.inFlight()).isZero();
      }
      long lines = 0;
      for (CompletableFuture<Void> each : sent) {
        if (!each.isCompletedExceptionally()) {
          assertThat(peer.line()).hasSize(1000);
          each.get();
          lines++;
        }
      }
      assertThat(lines).isPositive();
      client.send("again").get(); // there is room again
      assertThat(peer.line()).isEqualTo("again");
    }
  }

  /** The length is unknown before the message is encoded. */
  @Test
  void anEncodedMessageCountsByItsLength() throws Exception {
    Protocol<Integer, String> numbers =
        Protocol.of(
            "numbers",
            Codec.of(new LineCodecFactory()), // the server is the test
            new MappedCodecFactory<>(
                new LineCodecFactory(StandardCharsets.UTF_8, 1 << 20),
                (String line) -> line,
                (Integer number) -> "x".repeat(number)),
            AnswerHandler.of(number -> "" + number),
            Correlation.inOrder());
    try (ByHand server = new ByHand();
        Client<Integer, String> client =
            Client.connect(
                ClientConfig.builder(server.endpoint(), numbers).outboundBytes(BOUND).build());
        Peer peer = server.accept()) {
      CompletableFuture<Void> refused = null;
      for (int i = 0; i < 1000 && refused == null; i++) { // the other costs of 1000 are far below

        CompletableFuture<Void> next = client.send(100_000);
        CompletableFuture.anyOf(next.handle((done, failure) -> true), roundOf(client)).join();
        refused = next.isCompletedExceptionally() ? next : null;
      }
      assertThat(failure(refused)).hasMessageStartingWith("too many bytes wait to be sent: ");
    }
  }

  /**
   * Messages of unknown length are encoded up to the bound; the others wait, and are sent in order.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void encodedMessagesAreBounded(boolean onLoop) throws Exception {
    int most = 100_000;
    Protocol<Integer, String> numbers =
        Protocol.of(
            "numbers",
            Codec.of(new LineCodecFactory()), // the server is the test
            new MappedCodecFactory<>(
                new LineCodecFactory(StandardCharsets.UTF_8, 1 << 20),
                (String line) -> line,
                (Integer number) -> number + "x".repeat(most)),
            AnswerHandler.of(number -> "" + number),
            Correlation.inOrder());
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      Client<Integer, String> client =
          connector
              .connect(
                  ClientConfig.builder(server.endpoint(), numbers).outboundBytes(BOUND).build())
              .get();
      IoSession session = connector.mina().getManagedSessions().values().iterator().next();
      try (Peer peer = server.accept()) {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Void> held =
            client
                .ask(0)
                .thenAccept(
                    answer -> {
                      for (int i = 1; onLoop && i < 500; i++) {
                        sent.add(client.send(i));
                      }
                      begun.countDown();
                      Servers.await(end);
                    });
        peer.line();
        peer.send("re 0\n");
        begun.await();
        for (int i = 1; !onLoop && i < 500; i++) {
          sent.add(client.send(i));
        }
        end.countDown();
        held.get();
        Servers.awaitRounds(session);
        assertThat(session.getScheduledWriteBytes()).isLessThanOrEqualTo(BOUND + most + 10L);
        int next = 1;
        for (CompletableFuture<Void> each : sent) {
          if (!each.isCompletedExceptionally()) {
            assertThat(peer.line()).startsWith(next + "x");
            each.get();
          }
          next++;
        }
        CompletableFuture<Void> drained = client.drain();
        assertThat(peer.rest()).isEmpty();
        peer.close();
        drained.get();
      }
    }
  }

  /** Completes when the event loop has encoded all earlier messages. */
  private static CompletableFuture<?> roundOf(Client<Integer, String> client) {
    return client.ask(-1).handle((answer, failure) -> true); // it cannot be encoded
  }

  @Test
  void aMessageLongerThanTheBoundGoesAlone() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().outboundBytes(64 << 10).build());
        Peer peer = server.accept()) {
      CompletableFuture<Void> sent = client.send("x".repeat(200_000));
      assertThat(peer.line()).hasSize(200_000);
      sent.get();
    }
  }

  @Test
  void eachWaiterGetsRoom() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                server.client().outboundBytes(64 << 10).whenFull(WhenFull.WAIT).build());
        Peer peer = server.accept()) {
      int count = 20_000;
      CompletableFuture<List<CompletableFuture<Void>>> sender =
          CompletableFuture.supplyAsync(
              () -> {
                List<CompletableFuture<Void>> sent = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                  sent.add(client.send(i + "x".repeat(1000)));
                }
                return sent;
              });
      for (int i = 0; i < count; i++) {
        assertThat(peer.line()).startsWith(i + "x");
      }
      for (CompletableFuture<Void> each : sender.get()) {
        each.get();
      }
    }
  }

  @Test
  void requestsWaitForPlacesToo() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().maxInFlight(1).whenFull(WhenFull.WAIT).build());
        Peer peer = server.accept()) {
      CompletableFuture<String> first = client.ask("first");
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(() -> client.ask("second")).thenCompose(any -> any);
      assertThat(peer.line()).isEqualTo("first");
      peer.send("re first\n");
      assertThat(peer.line()).isEqualTo("second");
      peer.send("re second\n");
      assertThat(first.get()).isEqualTo("re first");
      assertThat(second.get()).isEqualTo("re second");
    }
  }

  @Test
  void aWaitEndsByTheTimeoutTheConnectionOrAnInterrupt() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().maxInFlight(1).whenFull(WhenFull.WAIT).build());
        Peer peer = server.accept()) {
      client.ask("first", Duration.ofHours(1));
      assertThat(failure(client.ask("second", Duration.ofMillis(20))))
          .isInstanceOf(AnswerTimeoutException.class);
      Thread.currentThread().interrupt();
      CompletableFuture<String> interrupted = client.ask("third");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure(interrupted)).hasMessageStartingWith("interrupted while waiting for room");
      CompletableFuture<String> lost =
          CompletableFuture.supplyAsync(() -> client.ask("fourth")).thenCompose(any -> any);
      peer.close();
      assertThat(failure(lost)).isInstanceOf(ClientException.class);
    }
  }

  /** A drain accepts nothing more, so it ends the waits for room. */
  @Test
  void aDrainEndsTheWaitsForRoom() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().maxInFlight(1).whenFull(WhenFull.WAIT).build());
        Peer peer = server.accept()) {
      CompletableFuture<String> first = client.ask("first", Duration.ofHours(1));
      assertThat(peer.line()).isEqualTo("first");
      CompletableFuture<String> second = new CompletableFuture<>();
      Thread asks =
          new Thread(
              () ->
                  client
                      .ask("second", Duration.ofHours(1))
                      .whenComplete((answer, failure) -> second.completeExceptionally(failure)));
      asks.start();
      Await.until("a wait for room", () -> asks.getState() == Thread.State.TIMED_WAITING);
      CompletableFuture<Void> drained = client.drain();
      assertThat(failure(second)).hasMessage("the client is draining");
      assertThat(first).isNotDone();
      peer.send("re first\n");
      assertThat(first.get()).isEqualTo("re first");
      assertThat(peer.rest()).isEmpty();
      peer.close();
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void anEventLoopNeverWaitsForRoom() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(server.client().maxInFlight(1).whenFull(WhenFull.WAIT).build());
        Peer peer = server.accept()) {
      CompletableFuture<String> refused =
          client
              .ask("a")
              .thenCompose(
                  answer -> {
                    client.ask("b");
                    return client.ask("c");
                  });
      peer.line();
      peer.send("re a\n");
      assertThat(failure(refused)).hasMessageStartingWith("too many pending requests: 1 ");
    }
  }

  /** The place of an answered request is free for the code that follows its answer. */
  @Test
  void aDependentOfAnAnswerHasItsPlace() throws Exception {
    try (ByHand server = new ByHand();
        Client<String, String> client = Client.connect(server.client().maxInFlight(1).build());
        Peer peer = server.accept()) {
      CompletableFuture<String> last = client.ask("0");
      for (int i = 1; i < 50; i++) {
        String next = String.valueOf(i);
        last = last.thenCompose(answer -> client.ask(next));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(peer.line()).isEqualTo(String.valueOf(i));
        peer.send("re " + i + "\n");
      }
      assertThat(last.get(60, TimeUnit.SECONDS)).isEqualTo("re 49");
    }
  }

  /** Returns the event loop's processor time, in nanoseconds, for each answer of a drain. */
  private static long costOfAnAnswer(int inFlight) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                server
                    .client()
                    .maxInFlight(inFlight)
                    .outboundBytes(1 << 30)
                    .answerTimeout(Duration.ofHours(1))
                    .build());
        Peer peer = server.accept()) {
      CompletableFuture<Thread> loop =
          client.ask("loop").thenApply(answer -> Thread.currentThread());
      peer.line();
      peer.send("re loop\n");
      long id = loop.get().getId();
      for (int i = 0; i < inFlight; i++) {
        client.ask("a");
      }
      assertThat(failure(client.ask("b")))
          .hasMessageStartingWith("too many pending requests: " + inFlight);
      for (int i = 0; i < inFlight; i++) {
        peer.line();
      }
      long before = threads.getThreadCpuTime(id);
      CompletableFuture<Void> drained = client.drain();
      CompletableFuture<Long> spent =
          client.lost().thenApply(lost -> threads.getThreadCpuTime(id) - before);
      peer.send("r\n".repeat(inFlight));
      assertThat(peer.rest()).isEmpty();
      peer.close();
      drained.get();
      return spent.get() / inFlight;
    }
  }

  /** An answer costs the same whether few or many are in flight. */
  @Test
  void aDrainIsLinear() throws Exception {
    costOfAnAnswer(5000); // warms up the compiler
    long few = costOfAnAnswer(1000);
    long many = costOfAnAnswer(60_000);
    assertThat(many).as("few: %d ns", few).isLessThan(few * 4 + 2000);
  }
}
