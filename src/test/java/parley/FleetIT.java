package parley;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.Programs.need;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
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
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ConnectionLostException;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;

/** Three servers behind haproxy, as conf/haproxy.cfg has it but for its ports. */
class FleetIT {

  private static final int CLIENTS = 6;
  private static final int AT_ONCE = 20;
  private static final String COUNTED = "bench.fault.CountedGreeting";
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path temp;
  private Path home;
  private final List<ServerProcess> servers = new ArrayList<>();
  private Process proxy;
  private Endpoint fleet;

  /** A distribution whose greeting counts, over all its servers, the requests that it answers. */
  @BeforeEach
  void install() throws Exception {
    need("haproxy");
    home = Distribution.unpack(temp);
    Path source = Programs.HOME.resolve("src/bench/java/bench/fault/CountedGreeting.java");
    Path jar = Files.createDirectories(home.resolve("plugins")).resolve("counted.jar");
    PluginJar.of(jar, COUNTED, Files.readString(source), List.of(COUNTED));
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
            listeners.greeting {
              endpoint = "tcp://127.0.0.1:%d"
              protocol = counted
              settings { counter = "%s", banner = "Hello from %s" }
              proxy-protocol.trusted = ["127.0.0.1"]
            }
            """
                .formatted(port, temp.resolve("counter"), name));
    String start = home.resolve("bin/start-server.sh").toString();
    return ServerProcess.start(1, Map.of(), temp, List.of(start, "--config", conf.toString()));
  }

  private void startAll() throws Exception {
    int port = Ports.free();
    fleet = Endpoint.parse("tcp://127.0.0.1:" + port);
    String conf =
        Files.readString(home.resolve("conf/haproxy.cfg"))
            .replace("bind 127.0.0.1:9120", "bind 127.0.0.1:" + port)
            .replace("inter 1s", "inter 100ms");
    for (int i = 0; i < NAMES.size(); i++) {
      ServerProcess server = serve(NAMES.get(i), 0);
      servers.add(server);
      conf = conf.replace("127.0.0.1:" + (9121 + i), server.endpoint().authority());
    }
    startProxy(conf);
  }

  private void startProxy(String conf) throws IOException {
    Path file = Files.writeString(temp.resolve("haproxy.cfg"), conf);
    proxy =
        Programs.builder(Map.of(), temp, List.of("haproxy", "-db", "-f", file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("haproxy.log").toFile())
            .start();
    while (true) {
      try {
        new Socket("127.0.0.1", fleet.port()).close();
        return;
      } catch (IOException notYet) {
        assertThat(proxy.isAlive()).as(proxyLog()).isTrue();
      }
    }
  }

  private String proxyLog() throws IOException {
    return Files.readString(temp.resolve("haproxy.log"));
  }

  @AfterEach
  void stopAll() throws IOException {
    if (proxy != null) {
      proxy.destroy();
      proxy.onExit().join();
    }
    for (ServerProcess server : servers) {
      server.close();
    }
  }

  /** Asks numbers, many at once; connects again where a connection ends, and asks what is left. */
  private static final class Asking implements Runnable {

    private final Endpoint endpoint;
    private final AtomicLong answered;
    private volatile boolean over;
    private int connections;
    private String broken = "";

    Asking(Endpoint endpoint, AtomicLong answered) {
      this.endpoint = endpoint;
      this.answered = answered;
    }

    @Override
    public void run() {
      Deque<Integer> asked = new ArrayDeque<>();
      int next = 0;
      while (!over || !asked.isEmpty()) {
        try (Peer peer = Peer.connect(endpoint)) {
          if (!peer.line().startsWith("Hello from ")) {
            continue; // between two servers
          }
          connections++;
          boolean open = send(peer, asked);
          while (!over || !asked.isEmpty()) {
            List<Integer> more = new ArrayList<>();
            while (open && !over && asked.size() < AT_ONCE) {
              asked.add(next);
              more.add(next++);
            }
            open &= send(peer, more);
            String answer = peer.line(); // of what the server has read before its end, too
            if (answer.isEmpty()) {
              break;
            }
            if (!answer.equals("Hello, s" + asked.remove() + "!")) {
              broken = answer;
              return;
            }
            answered.incrementAndGet();
          }
        } catch (IOException ended) {
          // asks again what has no answer
        }
      }
    }

    private static boolean send(Peer peer, Collection<Integer> numbers) {
      try {
        for (int each : numbers) {
          peer.send("s" + each + "\n");
        }
        return true;
      } catch (IOException ended) {
        return false;
      }
    }
  }

  @Test
  void eachRequestIsAnsweredOnceInARollingRestart() throws Exception {
    startAll();
    Holding before = Holding.of(servers.get(2));
    AtomicLong answered = new AtomicLong();
    List<Asking> clients = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Asking client = new Asking(fleet, answered);
      clients.add(client);
      threads.add(new Thread(client));
    }
    threads.forEach(Thread::start);
    try {
      for (int i = 0; i < NAMES.size(); i++) {
        awaitMore(answered);
        int port = servers.get(i).endpoint().port();
        assertThat(servers.get(i).stop()).isZero(); // drained, none was cut
        awaitLine("Server servers/" + NAMES.get(i) + " is DOWN");
        awaitMore(answered);
        servers.set(i, serve(NAMES.get(i), port));
        awaitLine("Server servers/" + NAMES.get(i) + " is UP");
      }
      awaitMore(answered);
    } finally {
      clients.forEach(client -> client.over = true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(clients).allSatisfy(client -> assertThat(client.broken).isEmpty());
    assertThat(clients).anySatisfy(client -> assertThat(client.connections).isGreaterThan(1));
    assertThat(handled()).isEqualTo(answered.get());
    before.awaitAgain(servers.get(2));
  }

  private void awaitLine(String text) throws IOException {
    while (!proxyLog().contains(text)) {
      Thread.onSpinWait();
    }
  }

  private static void awaitMore(AtomicLong answered) {
    long before = answered.get();
    while (answered.get() < before + 5000) {
      Thread.onSpinWait();
    }
  }

  /** Parley's client, with some requests in flight at any time. */
  private static final class Steady {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();
    private final Client client;
    private volatile String banner = "";
    private volatile boolean over;

    Steady(Endpoint endpoint) throws Exception {
      ClientConfig config =
          ClientConfig.builder(endpoint, new GreetingProtocol())
              .onUnasked(line -> banner = line.toString())
              .build();
      client = Client.connect(config);
      for (int i = 0; i < AT_ONCE; i++) {
        ask();
      }
    }

    private void ask() {
      String name = "s" + next.getAndIncrement();
      var unused =
          client
              .ask(name)
              .whenComplete(
                  (answer, failure) -> {
                    if (failure != null) {
                      failures.add(failure);
                    } else if (!answer.equals("Hello, " + name + "!")) {
                      failures.add(new AssertionError(answer));
                    } else {
                      answered.incrementAndGet();
                      if (!over) {
                        ask();
                      }
                    }
                  });
    }
  }

  @Test
  void onlyWhatWasInFlightAtAKilledServerFails() throws Exception {
    startAll();
    List<Steady> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Steady(fleet));
    }
    for (Steady each : clients) {
      while (each.answered.get() < 1000) {
        Thread.onSpinWait();
      }
    }
    servers.get(0).process().destroyForcibly().onExit().join();
    List<Steady> hit = clients.stream().filter(each -> each.banner.endsWith(" a")).toList();
    assertThat(hit).isNotEmpty().hasSizeLessThan(CLIENTS);
    for (Steady each : clients) {
      if (hit.contains(each)) {
        while (each.failures.size() < AT_ONCE) {
          Thread.onSpinWait();
        }
        assertThat(each.failures)
            .hasSize(AT_ONCE)
            .allSatisfy(
                failure ->
                    assertThat(failure)
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageMatching("connection (closed by the server|lost: .+)"));
      } else {
        int before = each.answered.get();
        while (each.answered.get() < before + 1000) {
          Thread.onSpinWait();
        }
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
      while (!servers.get(0).log().contains("refused: line is not UTF-8")) {
        Thread.onSpinWait();
      }
      assertThat(servers.get(0).log())
          .contains(association + " refused: line is not UTF-8")
          .doesNotContain("PROXY protocol"); // its health checks are none of that
    }
  }
}
