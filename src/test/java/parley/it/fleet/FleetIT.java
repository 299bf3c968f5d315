package parley.it.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Backoff;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ClientException;
import parley.client.ConnectionLostException;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.testing.Await;
import parley.testing.Distribution;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Ports;
import parley.testing.Programs;
import parley.testing.ServerProcess;

/** Three servers behind haproxy, with conf/haproxy.cfg except for its ports. */
class FleetIT {

  private static final int CLIENTS = 6;
  private static final int AT_ONCE = 20;
  private static final String COUNTED = "bench.fault.CountedGreeting";
  private static final List<String> COUNTING =
      List.of(COUNTED, "bench.fault.CountedHandler", "bench.fault.Counters");
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path temp;
  private Path home;
  private final List<ServerProcess> servers = new ArrayList<>();
  private Process proxy;
  private Path proxyLog;
  private String drainDelay = "0s";
  private Endpoint fleet;

  /** Makes a distribution whose greeting counts the answered requests of all its servers. */
  @BeforeEach
  void install() throws Exception {
    need("haproxy");
    home = Distribution.unpack(temp);
    Map<String, String> sources = new HashMap<>();
    for (String each : COUNTING) {
      Path source = Programs.HOME.resolve("src/bench/java/" + each.replace('.', '/') + ".java");
      sources.put(each, Files.readString(source));
    }
    Path jar = Files.createDirectories(home.resolve("plugins")).resolve("counted.jar");
    PluginJar.of(jar, sources, List.of(COUNTED));
    Files.write(temp.resolve("counter"), new byte[Long.BYTES]);
  }

  private long handled() throws IOException {
    byte[] counter = Files.readAllBytes(temp.resolve("counter"));
    return ByteBuffer.wrap(counter).order(ByteOrder.nativeOrder()).getLong();
  }

  private ServerProcess serve(String name, int port) throws IOException {
    Path conf =
        Files.writeString(
            temp.resolve("server.conf"),
            """
            drain-delay = %s
            listeners.greeting {
              endpoint = "tcp://127.0.0.1:%d"
              protocol = counted
              settings { counter = "%s", banner = "Hello from %s" }
              proxy-protocol.trusted = ["127.0.0.1"]
            }
            """
                .formatted(drainDelay, port, temp.resolve("counter"), name));
    String start = home.resolve("bin/start-server.sh").toString();
    return ServerProcess.start(1, Map.of(), temp, List.of(start, "--config", conf.toString()));
  }

  private void startAll() throws Exception {
    int port = Ports.free();
    fleet = Endpoint.parse("tcp://127.0.0.1:" + port);
    String conf =
        Files.readString(home.resolve("conf/haproxy.cfg"))
            .replace("bind 127.0.0.1:9120", "bind 127.0.0.1:" + port);
    for (int i = 0; i < NAMES.size(); i++) {
      ServerProcess server = serve(NAMES.get(i), 0);
      servers.add(server);
      conf = conf.replace("127.0.0.1:" + (9121 + i), server.endpoint().authority());
    }
    startProxy(conf);
  }

  private void startProxy(String conf) throws IOException {
    Path file = Files.writeString(temp.resolve("haproxy.cfg"), conf);
    proxyLog = temp.resolve("haproxy.log");
    proxy =
        Programs.builder(Map.of(), temp, List.of("haproxy", "-db", "-f", file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(proxyLog.toFile())
            .start();
    Peer.connect(fleet, proxy, proxyLog).close();
  }

  @AfterEach
  void stopAll() throws IOException {
    if (proxy != null) {
      proxy.destroy();
      proxy.onExit().join();
    }
    servers.forEach(
        server -> server.process().destroy()); // all at once: each still serves for a while
    for (ServerProcess server : servers) {
      server.close();
    }
  }

  /** A client with one connection: it sends its lines, half-closes, and expects all answers. */
  private static final class Conversing implements Runnable {

    private static final int LINES = 50;

    private final Endpoint endpoint;
    private final AtomicLong answered;
    private volatile boolean over;
    private volatile String bad = "";

    Conversing(Endpoint endpoint, AtomicLong answered) {
      this.endpoint = endpoint;
      this.answered = answered;
    }

    @Override
    public void run() {
      StringBuilder asked = new StringBuilder();
      StringBuilder answers = new StringBuilder();
      for (int i = 0; i < LINES; i++) {
        asked.append('s').append(i).append('\n');
        answers.append("Hello, s").append(i).append("!\n");
      }
      String whole = "Hello from [abc]\n" + answers;
      while (!over) {
        try (Peer peer = Peer.connect(endpoint)) {
          String got = peer.send(asked.toString()).halfClose().rest();
          if (!got.matches(whole)) {
            bad = "got: " + got;
            return;
          }
          answered.addAndGet(LINES);
        } catch (IOException e) {
          bad = e.toString();
          return;
        }
      }
    }
  }

  /**
   * The balancer sees a drain before it begins. Clients that connect for each request lose nothing.
   * The connections of other clients are closed cleanly; these clients may have to repeat requests
   * that were not handled.
   */
  @Test
  void nothingIsLostOrDoubledInARollingRestart() throws Exception {
    drainDelay = "5s"; // as docs/fleet.md has it
    startAll();
    Holding holding = Holding.of(servers.get(2));
    AtomicLong answered = new AtomicLong();
    List<Conversing> conversing = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    List<Steady> steady = new ArrayList<>();
    for (int i = 0; i < CLIENTS / 2; i++) {
      Conversing client = new Conversing(fleet, answered);
      conversing.add(client);
      threads.add(new Thread(client));
      steady.add(new Steady(fleet, true));
    }
    threads.forEach(Thread::start);
    try {
      for (int i = 0; i < NAMES.size(); i++) {
        awaitMore(answered, conversing);
        ServerProcess server = servers.get(i);
        String name = "Server servers/" + NAMES.get(i);
        int before = Files.readString(proxyLog).length();
        server.process().destroy();
        awaitLine(before, name + " is DOWN, reason: Layer7", server); // connects are not refused
        assertThat(server.process().waitFor()).isZero(); // no session was cut
        awaitMore(answered, conversing);
        ServerProcess next = serve(NAMES.get(i), server.endpoint().port());
        servers.set(i, next);
        awaitLine(before, name + " is UP", next);
      }
      awaitMore(answered, conversing);
    } finally {
      conversing.forEach(client -> client.over = true);
      steady.forEach(client -> client.over = true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    for (Steady client : steady) {
      Await.until("none pending", () -> client.pending.get() == 0);
      client.client.close();
      answered.addAndGet(client.answered.get());
    }
    areWell(conversing);
    assertThat(steady).allSatisfy(client -> assertThat(client.failures).isEmpty());
    assertThat(steady).anySatisfy(client -> assertThat(client.again.get()).isPositive());
    assertThat(handled()).isEqualTo(answered.get());
    holding.awaitAgain(servers.get(2));
  }

  /** Waits, while the server runs, for a new message of the proxy about it. */
  private void awaitLine(int from, String text, ServerProcess server) {
    Await.until(
        text,
        server.process(),
        proxyLog,
        () -> Files.readString(proxyLog).indexOf(text, from) >= 0);
  }

  private static void awaitMore(AtomicLong answered, List<Conversing> clients) {
    long before = answered.get();
    Await.until(
        "5000 more answers",
        () -> {
          areWell(clients);
          return answered.get() >= before + 5000;
        });
  }

  private static void areWell(List<Conversing> clients) {
    assertThat(clients).allSatisfy(client -> assertThat(client.bad).isEmpty());
  }

  /** Parley's client, with some requests in flight at any time. */
  private static final class Steady {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger(AT_ONCE);
    private final AtomicInteger next = new AtomicInteger();
    private final Client<String, String> client;
    private final boolean reconnects;
    private volatile String banner = "";
    private volatile boolean over;

    Steady(Endpoint endpoint, boolean reconnects) throws Exception {
      this.reconnects = reconnects;
      ClientConfig.Builder<String, String> config =
          ClientConfig.builder(endpoint, new GreetingProtocol())
              .onUnsolicited(line -> banner = line.toString());
      if (reconnects) {
        config.reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(10)));
      }
      client = Client.connect(config.build());
      for (int i = 0; i < AT_ONCE; i++) {
        askNext();
      }
    }

    private void askNext() {
      ask("s" + next.getAndIncrement());
    }

    private void ask(String name) {
      var unused = client.ask(name).whenComplete((answer, failure) -> done(name, answer, failure));
    }

    private void done(String name, Object answer, Throwable failure) {
      if (reconnects && failure != null && isCleanEnd(failure)) {
        again.incrementAndGet();
        var unused = client.connected().thenRunAsync(() -> ask(name));
      } else if (failure != null) {
        fail(failure);
      } else if (!answer.equals("Hello, " + name + "!")) {
        fail(new AssertionError(answer));
      } else {
        answered.incrementAndGet();
        if (over) {
          pending.decrementAndGet();
        } else {
          askNext();
        }
      }
    }

    void awaitAnswers(int count) {
      Await.until("answers", answered::get, now -> now >= count);
    }

    private void fail(Throwable failure) {
      failures.add(failure);
      pending.decrementAndGet();
    }

    private static boolean isCleanEnd(Throwable failure) {
      return failure instanceof ClientException
          && failure.getMessage().endsWith("connection closed by the server");
    }
  }

  @Test
  void onlyRequestsInFlightAtAKilledServerFail() throws Exception {
    startAll();
    List<Steady> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Steady(fleet, false));
    }
    for (Steady each : clients) {
      each.awaitAnswers(1000);
    }
    servers.get(0).process().destroyForcibly().onExit().join();
    List<Steady> hit = clients.stream().filter(each -> each.banner.endsWith(" a")).toList();
    assertThat(hit).isNotEmpty().hasSizeLessThan(CLIENTS);
    for (Steady each : clients) {
      if (hit.contains(each)) {
        Await.until("failures", each.failures::size, count -> count >= AT_ONCE);
        assertThat(each.failures)
            .hasSize(AT_ONCE)
            .allSatisfy(
                failure ->
                    assertThat(failure)
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageMatching("connection (closed by the server|lost: .+)"));
      } else {
        each.awaitAnswers(each.answered.get() + 1000);
        each.over = true;
        assertThat(each.failures).isEmpty();
      }
      each.client.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
  void theLogHasTheClient(String version) throws Exception {
    servers.add(serve("a", 0));
    int port = Ports.free();
    fleet = Endpoint.parse("tcp://127.0.0.1:" + port);
    startProxy(
        """
        defaults
          mode tcp
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        listen parley
          bind 127.0.0.1:%d
          server a %s %s check inter 50ms
        """
            .formatted(port, servers.get(0).endpoint().authority(), version));
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.getOutputStream().write(new byte[] {(byte) 0xFF, '\n'});
      assertThat(new String(client.getInputStream().readAllBytes()))
          .isEqualTo("Hello from a\nERR line is not UTF-8\n");
      String association = "{tcp, 127.0.0.1:" + port + ", 127.0.0.1:" + client.getLocalPort() + "}";
      String refused = "session closed: reason=refused detail=\"line is not UTF-8\"";
      Await.until("refused", servers.get(0)::log, log -> log.contains(refused));
      assertThat(servers.get(0).log())
          .contains(association + " " + refused)
          .doesNotContain("PROXY protocol"); // its health checks send none
    }
  }
}
