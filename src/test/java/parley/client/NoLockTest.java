package parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** No user code runs under a lock of the client, nor on two threads at once for one connection. */
class NoLockTest {

  private enum Place {
    FILTER,
    CODEC,
    KEY,
    CALLBACK,
    LISTENER
  }

  /**
   * A lock of the user's code, whose owner uses the client while another place waits for the lock.
   */
  private static final class Locked {

    final Place place;
    final ReentrantLock lock = new ReentrantLock();
    final CountDownLatch waits = new CountDownLatch(1);
    volatile boolean armed;

    Locked(Place place) {
      this.place = place;
    }

    <T> T at(Place here, T value) {
      if (armed && here == place) {
        waits.countDown();
        lock.lock();
        lock.unlock();
      }
      return value;
    }

    Protocol<String, String> protocol() {
      Protocol<String, String> lines =
          Protocol.of(
              "locked",
              new MappedCodecFactory<>(
                  new LineCodecFactory(),
                  (String line) -> line,
                  (String line) -> at(Place.CODEC, line)),
              AnswerHandler.<String, String>of(line -> line),
              Correlation.byKey(
                  line -> at(Place.KEY, line.isEmpty() ? null : line),
                  line -> at(Place.KEY, line.isEmpty() ? null : line)));
      return new Extended<>(
          lines,
          (chain, side) -> {
            if (side == Protocol.Side.CLIENT) {
              chain.addLast("locks", new Locks());
            }
          });
    }

    private final class Locks extends IoFilterAdapter {
      @Override
      public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
        next.filterWrite(session, at(Place.FILTER, request));
      }
    }
  }

  /** A thread that holds a lock of its own may ask, send, cancel, drain and query. */
  @ParameterizedTest
  @EnumSource
  void theOwnerOfALockMayUseTheClient(Place place) throws Exception {
    Locked locked = new Locked(place);
    Protocol<String, String> protocol = locked.protocol();
    try (ByHand server = new ByHand();
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(server.endpoint(), protocol)
                    .onUnsolicited(frame -> locked.at(Place.LISTENER, frame))
                    .build());
        Peer peer = server.accept()) {
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        locked.armed = true;
        locked.lock.lock();
        CompletableFuture<String> asked =
            CompletableFuture.supplyAsync(() -> client.ask("a"), threads)
                .thenCompose(any -> any)
                .thenApply(answer -> locked.at(Place.CALLBACK, answer));
        if (place == Place.CALLBACK || place == Place.LISTENER) {
          assertThat(peer.line()).isEqualTo("a");
          peer.send("nobody\na\n");
        }
        locked.waits.await();
        CompletableFuture<String> other = client.ask("b");
        CompletableFuture<Void> sent = client.send("c");
        CompletableFuture<String> givenUp = client.ask("d");
        givenUp.cancel(true);
        assertThat(client.inFlight()).isBetween(1, 2);
        CompletableFuture<Void> drained = client.drain();
        locked.lock.unlock();
        sent.get(60, TimeUnit.SECONDS);
        peer.send("nobody\na\nb\n");
        assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo("b");
        peer.rest();
        peer.close();
        drained.get(60, TimeUnit.SECONDS);
      } finally {
        threads.shutdown();
      }
    }
  }

  /** Stateful encoders, and a whole chain, run one at a time; the wire has their order. */
  @Test
  void aConnectionEncodesOneMessageAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger encoded = new AtomicInteger();
    Protocol<String, String> numbered =
        Protocol.of(
            "numbered",
            new MappedCodecFactory<>(
                new LineCodecFactory(),
                (String line) -> line,
                (String line) -> {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  String next = encoded.get() + " " + line;
                  encoded.set(encoded.get() + 1); // two at once would lose updates
                  inside.decrementAndGet();
                  return next;
                }),
            AnswerHandler.of((session, line) -> line));
    try (Server server =
            Servers.of(Servers.lineProtocol(AnswerHandler.<String, String>of(line -> line)));
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(server.endpoint(), numbered).maxInFlight(10_000).build())) {
      List<CompletableFuture<List<CompletableFuture<String>>>> askers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        askers.add(
            CompletableFuture.supplyAsync(
                () -> IntStream.range(0, 2000).mapToObj(n -> client.ask("" + n)).toList()));
      }
      for (CompletableFuture<List<CompletableFuture<String>>> asker : askers) {
        int last = -1;
        for (CompletableFuture<String> each : asker.get()) {
          int number = Integer.parseInt(each.get().toString().split(" ")[0]);
          assertThat(number).isGreaterThan(last); // the order of its thread
          last = number;
        }
      }
      assertThat(most.get()).isEqualTo(1);
      assertThat(encoded.get()).isEqualTo(8000);
    }
  }
}
