package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.client.ByHand.failure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import parley.endpoint.Endpoint;
import parley.testing.Await;
import parley.testing.Peer;

/** A name with several addresses. */
class RaceTest {

  private static InetAddress ip(String address) throws UnknownHostException {
    return InetAddress.getByName(address);
  }

  private static List<InetAddress> ips(String... addresses) throws UnknownHostException {
    List<InetAddress> all = new ArrayList<>();
    for (String each : addresses) {
      all.add(ip(each));
    }
    return all;
  }

  private static ClientConfig.Builder<String, String> client(int port, Resolver resolver) {
    return ClientConfig.builder(Endpoint.parse("tcp://some.test:" + port), ByHand.lines())
        .resolver(resolver);
  }

  private static ClientConfig.Builder<String, String> client(int port, String... addresses)
      throws Exception {
    List<InetAddress> found = ips(addresses);
    return client(port, name -> found);
  }

  /** A listener that answers no SYN any more: its accept queue is full. */
  private static final class BlackHole implements AutoCloseable {

    private final ServerSocket socket;
    private final List<Socket> filling = new ArrayList<>();

    BlackHole(String address, int port) throws Exception {
      socket = new ServerSocket(port, 1, ip(address));
      for (int unanswered = 0; unanswered < 2; ) {
        Socket next = new Socket();
        filling.add(next);
        try {
          next.connect(socket.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException full) {
          unanswered++;
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket each : filling) {
        each.close();
      }
      socket.close();
    }
  }

  @Test
  void theNextAddressIsTriedWhenOneRefuses() throws Exception {
    try (ByHand server = new ByHand("127.0.0.3", 0);
        Client<String, String> client =
            Client.connect(
                client(server.endpoint().port(), "127.0.0.1", "127.0.0.2", "127.0.0.3").build())) {
      assertThat(client.association().remote().host()).isEqualTo("127.0.0.3");
    }
  }

  @Test
  void bothFamiliesAreTried() throws Exception {
    try (ByHand server = new ByHand("::1", 0);
        Client<String, String> client =
            Client.connect(client(server.endpoint().port(), "127.0.0.1", "::1").build())) {
      assertThat(client.association().remote().authority()).startsWith("[0:0:0:0:0:0:0:1]:");
    }
  }

  @Test
  void theNextAddressIsTriedWhenOneDoesNotAnswer() throws Exception {
    AtomicInteger greeted = new AtomicInteger();
    try (ByHand server = new ByHand("127.0.0.3", 0);
        BlackHole hole = new BlackHole("127.0.0.2", server.endpoint().port());
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          client(server.endpoint().port(), "127.0.0.2", "127.0.0.3")
              .connectTimeout(Duration.ofHours(1))
              .onConnect(
                  now -> {
                    greeted.incrementAndGet();
                    return CompletableFuture.completedFuture(null);
                  })
              .build();
      try (Client<String, String> client = connector.connect(config).get()) {
        assertThat(client.association().remote().host()).isEqualTo("127.0.0.3");
        try (Peer peer = server.accept()) {
          CompletableFuture<String> answer = client.ask("a");
          assertThat(peer.line()).isEqualTo("a");
          peer.send("re a\n");
          assertThat(answer.get()).isEqualTo("re a");
        }
        assertThat(greeted).hasValue(1);
        assertThat(connector.mina().getStatistics().getCumulativeManagedSessionCount())
            .isEqualTo(1); // the connection that lost never was a session
      }
    }
  }

  /** A timer under the test's control: it runs a delayed task when the test calls for it. */
  private static final class ByHandTimer implements Connector.Timer {

    private final BlockingQueue<Runnable> races = new LinkedBlockingQueue<>();

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      if (delay.equals(Dialer.DELAY)) {
        races.add(
            () -> {
              if (!done.isDone()) {
                task.run();
              }
            });
      }
      return done;
    }
  }

  /** The second address wins; the channel to the first one is closed. */
  @Test
  void oneAddressWins() throws Exception {
    ByHandTimer timer = new ByHandTimer();
    try (ByHand second = new ByHand("127.0.0.3", 0);
        BlackHole hole = new BlackHole("127.0.0.2", second.endpoint().port());
        Connector connector = new Connector(1, timer)) {
      CompletableFuture<Client<String, String>> connecting =
          connector.connect(client(second.endpoint().port(), "127.0.0.2", "127.0.0.3").build());
      Runnable next = timer.races.take(); // the first is under way
      assertThat(connecting).isNotDone();
      next.run();
      try (Client<String, String> client = connecting.get();
          Peer peer = second.accept()) {
        assertThat(client.association().remote().host()).isEqualTo("127.0.0.3");
        CompletableFuture<String> answer = client.ask("a");
        assertThat(peer.line()).isEqualTo("a");
        peer.send("re a\n");
        assertThat(answer.get()).isEqualTo("re a");
      }
      assertThat(timer.races).isEmpty();
      awaitNoneConnecting(connector);
    }
  }

  /** A socket that lost the race, or was given up, is closed and does not connect later. */
  private static void awaitNoneConnecting(Connector connector) {
    Await.until("none connecting", () -> connector.dialer.connecting() == 0);
  }

  @Test
  void aConnectThatIsGivenUpIsClosedBeforeItConnects() throws Exception {
    try (BlackHole hole = new BlackHole("127.0.0.2", 0);
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          client(hole.socket.getLocalPort(), "127.0.0.2")
              .connectTimeout(Duration.ofHours(1))
              .build();
      CompletableFuture<Client<String, String>> connecting = connector.connect(config);
      Await.until("connecting", () -> connector.dialer.connecting() > 0);
      connecting.cancel(true);
      awaitNoneConnecting(connector);
    }
  }

  @Test
  void familiesTakeTurnsInTheOrderOfTheResolver() throws Exception {
    List<InetAddress> found = ips("::1", "::2", "::3", "10.0.0.1", "::1", "10.0.0.2");
    assertThat(Dialer.order(found, 7))
        .extracting(InetSocketAddress::getAddress)
        .containsExactlyElementsOf(ips("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
    assertThat(Dialer.order(ips("10.0.0.1", "10.0.0.2", "::1"), 7))
        .extracting(InetSocketAddress::getAddress)
        .containsExactlyElementsOf(ips("10.0.0.1", "::1", "10.0.0.2"));
    List<InetAddress> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(ip("10.0.0." + i));
    }
    assertThat(Dialer.order(many, 7)).hasSize(Dialer.MOST);
    assertThat(Dialer.order(List.of(), 7)).isEmpty();
    assertThat(Dialer.DELAY).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void theFailureOfEachAddressIsReported() throws Exception {
    int free;
    try (ByHand server = new ByHand()) {
      free = server.endpoint().port();
    }
    try (Connector connector = new Connector()) {
      assertThat(failure(connector.connect(client(free, "127.0.0.2", "127.0.0.3").build())))
          .isInstanceOf(ConnectException.class)
          .hasMessage(
              "cannot connect to tcp://some.test:%d: 127.0.0.2: Connection refused,"
                  + " 127.0.0.3: Connection refused",
              free);
      String[] many = new String[9];
      for (int i = 0; i < many.length; i++) {
        many[i] = "127.0.0." + (i + 2);
      }
      Throwable all = failure(connector.connect(client(free, many).build()));
      for (String each : many) {
        assertThat(all).hasMessageContaining(each + ": Connection refused");
      }
      assertThat(failure(connector.connect(client(free).build())))
          .isInstanceOf(ConnectException.class)
          .hasMessage("cannot connect to tcp://some.test:%d: unknown host", free);
      Resolver broken =
          name -> {
            throw new IllegalStateException("no registry");
          };
      assertThat(failure(connector.connect(client(free, broken).build())))
          .isInstanceOf(ConnectException.class)
          .hasMessageEndingWith(": no registry");
    }
  }

  /** The timeout names the outcome of each address, and the addresses that were not tried. */
  @Test
  void theTimeoutOfARaceKeepsTheReasons() throws Exception {
    try (BlackHole hole = new BlackHole("127.0.0.3", 0);
        Connector connector = new Connector()) {
      int port = hole.socket.getLocalPort();
      String prefix = "cannot connect to tcp://some.test:" + port + ": ";
      Duration shortly = Dialer.DELAY.dividedBy(2);
      assertThat(
              failure(
                  connector.connect(
                      client(port, "127.0.0.2", "127.0.0.3", "127.0.0.4")
                          .connectTimeout(shortly)
                          .build())))
          .hasMessage(
              prefix
                  + "127.0.0.2: Connection refused, 127.0.0.3: no answer within 125 ms,"
                  + " 127.0.0.4: not tried within 125 ms");
      assertThat(
              failure(connector.connect(client(port, "127.0.0.3").connectTimeout(shortly).build())))
          .hasMessage(prefix + "no answer within 125 ms");
    }
  }

  @Test
  void aReconnectLooksUpTheNameAgain() throws Exception {
    try (ByHand first = new ByHand("127.0.0.2", 0);
        ByHand second = new ByHand("127.0.0.3", first.endpoint().port());
        Connector connector = new Connector()) {
      Queue<InetAddress> moves = new ConcurrentLinkedQueue<>(ips("127.0.0.2", "127.0.0.3"));
      Client<String, String> client =
          connector
              .connect(
                  client(first.endpoint().port(), name -> List.of(moves.remove()))
                      .reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                      .build())
              .get();
      first.accept().close();
      try (Peer peer = second.accept()) {
        client.connected().get();
        assertThat(client.association().remote().host()).isEqualTo("127.0.0.3");
      }
    }
  }

  /** A connect that is given up closes its sockets: the listener sees their end. */
  @Test
  void aConnectThatIsGivenUpIsClosed() throws Exception {
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      for (int i = 0; i < 100; i++) {
        ClientConfig<String, String> config =
            server.client().onConnect(now -> new CompletableFuture<Void>()).build();
        CompletableFuture<Client<String, String>> connecting = connector.connect(config);
        if (i % 2 == 0) {
          connecting.cancel(true);
        } else {
          connecting.orTimeout(1, TimeUnit.MILLISECONDS);
        }
        assertThat(connecting.handle((client, failure) -> failure).get()).isNotNull();
      }
      Await.until("no session", () -> connector.mina().getManagedSessionCount() == 0);
      try (ByHand last = new ByHand();
          Client<String, String> client = connector.connect(last.client().build()).get()) {
        assertThat(client.association()).isNotNull(); // the connector is unchanged
      }
    }
  }

  private static long lookupThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("parley-lookup"))
        .count();
  }

  /**
   * Twenty clients of one name share one thread for all look-ups; clients of many names have few.
   */
  @Test
  void lookUpsThatHangTakeFewThreads() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    AtomicInteger hanging = new AtomicInteger();
    Resolver hangs =
        name -> {
          hanging.incrementAndGet();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          throw new UnknownHostException(name);
        };
    try (Connector connector = new Connector()) {
      List<CompletableFuture<Client<String, String>>> connecting = new ArrayList<>();
      CountDownLatch enough = new CountDownLatch(200);
      for (int i = 0; i < 20; i++) {
        tryAgain(connector, "one.test", hangs, attempts, enough);
      }
      enough.await();
      assertThat(hanging.get()).isLessThanOrEqualTo(4); // other names have threads, too
      assertThat(lookupThreads()).isLessThanOrEqualTo(NameLookups.THREADS);
      for (int i = 0; i < 100; i++) {
        connecting.add(connector.connect(hanging("name" + i + ".test", hangs)));
      }
      for (CompletableFuture<Client<String, String>> each : connecting) {
        assertThat(failure(each))
            .hasMessageMatching(".*: no (address|free look-up thread) within 50 ms");
      }
      assertThat(lookupThreads()).isLessThanOrEqualTo(NameLookups.THREADS);
      assertThat(hanging.get()).isEqualTo(NameLookups.THREADS);
      AtomicInteger begun = new AtomicInteger();
      Resolver late =
          name -> {
            begun.incrementAndGet();
            return ips("127.0.0.1");
          };
      assertThat(failure(connector.connect(hanging("late.test", late))))
          .hasMessageEndingWith(": no free look-up thread within 50 ms");
      assertThat(begun).hasValue(0);
    } finally {
      end.countDown();
    }
    CompletableFuture<List<InetAddress>> after =
        NameLookups.of(name -> ips("127.0.0.1"), "other.test", Duration.ofHours(1));
    assertThat(after.get(60, TimeUnit.SECONDS)).hasSize(1); // no other look-up is left before it
  }

  /** The next attempt does not wait again for a look-up that never returns. */
  @Test
  void aLookUpThatHungOnceDoesNotHoldItsName() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    Resolver hangsOnce =
        name -> {
          if (calls.incrementAndGet() == 1) {
            parley.testing.Servers.await(end);
          }
          return ips("127.0.0.1");
        };
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      ClientConfig<String, String> config =
          client(server.endpoint().port(), hangsOnce)
              .connectTimeout(Duration.ofMillis(200))
              .retryFirstConnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
              .build();
      assertThat(connector.connect(config).get(60, TimeUnit.SECONDS).association()).isNotNull();
    } finally {
      end.countDown();
    }
  }

  /** A look-up that takes longer than the connect timeout still serves a later attempt. */
  @Test
  void aSlowLookUpIsSharedAndNotRepeatedAtEachAttempt() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch attempts = new CountDownLatch(20);
    AtomicInteger calls = new AtomicInteger();
    Resolver slow =
        name -> {
          calls.incrementAndGet();
          parley.testing.Servers.await(end);
          return ips("127.0.0.1");
        };
    try (Connector connector = new Connector()) {
      tryAgain(connector, "slow.test", slow, new AtomicInteger(), attempts);
      attempts.await();
      assertThat(calls.get()).isLessThanOrEqualTo(4);
      CompletableFuture<List<InetAddress>> last =
          NameLookups.of(slow, "slow.test", Duration.ofHours(1));
      end.countDown();
      assertThat(last.get(60, TimeUnit.SECONDS)).isEqualTo(ips("127.0.0.1"));
      assertThat(calls.get()).isLessThanOrEqualTo(4);
    } finally {
      end.countDown();
    }
  }

  private static ClientConfig<String, String> hanging(String name, Resolver hangs) {
    return ClientConfig.builder(Endpoint.parse("tcp://" + name + ":1"), ByHand.lines())
        .resolver(hangs)
        .connectTimeout(Duration.ofMillis(50))
        .build();
  }

  private static void tryAgain(
      Connector connector,
      String name,
      Resolver hangs,
      AtomicInteger attempts,
      CountDownLatch enough) {
    attempts.incrementAndGet();
    var unused =
        connector
            .connect(hanging(name, hangs))
            .whenComplete(
                (client, failure) -> {
                  enough.countDown();
                  if (enough.getCount() > 0) {
                    tryAgain(connector, name, hangs, attempts, enough);
                  }
                });
  }
}
