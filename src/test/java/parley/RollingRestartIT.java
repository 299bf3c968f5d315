package parley;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.Programs.need;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;

/** Two servers behind one address, by haproxy, are restarted in turn while clients ask on. */
class RollingRestartIT {

  private static final int CLIENTS = 6;
  private static final int AT_ONCE = 20;
  private static final String COUNTED = "bench.fault.CountedGreeting";

  @TempDir Path temp;
  private Path home;

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
          if (!peer.line().equals("Hello, World!")) {
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A distribution whose greeting counts, over all its servers, the requests that it answers. */
  private void install() throws Exception {
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

  private ServerProcess serve(int port) throws IOException {
    Path conf =
        Files.writeString(
            temp.resolve("server.conf"),
            """
            listeners.greeting {
              endpoint = "tcp://127.0.0.1:%d"
              protocol = counted
              settings.counter = "%s"
            }
            """
                .formatted(port, temp.resolve("counter")));
    String start = home.resolve("bin/start-server.sh").toString();
    return ServerProcess.start(1, Map.of(), temp, List.of(start, "--config", conf.toString()));
  }

  @Test
  void eachRequestIsAnsweredOnce() throws Exception {
    need("haproxy");
    install();
    List<ServerProcess> servers = new ArrayList<>(List.of(serve(0), serve(0)));
    int port = freePort();
    Path conf =
        Files.writeString(
            temp.resolve("haproxy.cfg"),
            """
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              retries 3
              option redispatch 1
            listen parley
              bind 127.0.0.1:%d
              balance roundrobin
              server a 127.0.0.1:%d
              server b 127.0.0.1:%d
            """
                .formatted(
                    port, servers.get(0).endpoint().port(), servers.get(1).endpoint().port()));
    Process proxy =
        Programs.builder(Map.of(), temp, List.of("haproxy", "-db", "-f", conf.toString()))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("haproxy.log").toFile())
            .start();
    Holding before = Holding.of(servers.get(1));
    AtomicLong answered = new AtomicLong();
    List<Asking> clients = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        Asking client = new Asking(Endpoint.parse("tcp://127.0.0.1:" + port), answered);
        clients.add(client);
        threads.add(new Thread(client));
      }
      threads.forEach(Thread::start);
      for (int restart = 0; restart < 4; restart++) {
        awaitMore(answered);
        int which = restart % 2;
        int itsPort = servers.get(which).endpoint().port();
        assertThat(servers.get(which).stop()).isZero(); // drained, none was cut
        awaitMore(answered);
        servers.set(which, serve(itsPort));
      }
      awaitMore(answered);
      for (Asking client : clients) {
        client.over = true;
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(clients).allSatisfy(client -> assertThat(client.broken).isEmpty());
      assertThat(clients).anySatisfy(client -> assertThat(client.connections).isGreaterThan(2));
      assertThat(handled()).isEqualTo(answered.get());
      before.awaitAgain(servers.get(1));
    } finally {
      clients.forEach(client -> client.over = true);
      proxy.destroy();
      proxy.onExit().join();
      for (ServerProcess server : servers) {
        server.close();
      }
    }
  }

  private static void awaitMore(AtomicLong answered) {
    long before = answered.get();
    while (answered.get() < before + 5000) {
      Thread.onSpinWait();
    }
  }
}
