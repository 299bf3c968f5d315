package parley.it.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Ports;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** A server that inherits its listening socket. */
class InheritedIT {

  @TempDir Path temp;

  private static Endpoint free() throws IOException {
    return Endpoint.parse("tcp://127.0.0.1:" + Ports.free());
  }

  private Process start(List<String> command) throws IOException {
    return Programs.builder(Map.of(), temp, command)
        .redirectError(temp.resolve("err").toFile())
        .start();
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.onExit().join();
  }

  /** Connections wait while the server restarts, and none is refused. */
  @Test
  void aRestartRefusesNoConnection() throws Exception {
    need("cc");
    String hold = temp.resolve("hold").toString();
    String source = Programs.HOME.resolve("src/test/c/hold.c").toString();
    assertThat(run("cc", "-Wall", "-Wextra", "-Werror", "-O2", "-o", hold, source))
        .isEqualTo(new Result(0, "", ""));
    Endpoint endpoint = free();
    String set = "listeners.greeting.endpoint=" + endpoint;
    Process holder =
        start(List.of(hold, endpoint.port() + "", "3", script("start-server.sh"), "--set", set));
    try (BufferedReader out = holder.inputReader()) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger greeted = new AtomicInteger();
      String pid = pid(out); // it listens
      CompletableFuture<Void> asking =
          CompletableFuture.runAsync(() -> connectOn(endpoint, greeted, over));
      for (int run = 0; run < 3; run++) {
        int before = greeted.get();
        Await.until(
            "200 more, or a failure", () -> greeted.get() >= before + 200 || asking.isDone());
        assertThat(asking).isNotDone();
        if (run == 2) {
          over.set(true);
          asking.join();
        }
        assertThat(run("kill", "-TERM", pid).code()).isZero();
        pid = run == 2 ? pid : pid(out);
      }
      assertThat(holder.waitFor()).isZero();
    } finally {
      end(holder);
    }
  }

  private static String pid(BufferedReader out) throws IOException {
    String line = out.readLine();
    while (!line.matches("\\d+")) {
      line = out.readLine(); // printed after the previous server has listened
    }
    return line;
  }

  private static boolean canConnect(Endpoint endpoint) {
    try (Peer peer = Peer.connect(endpoint)) {
      return peer.line().equals("Hello, World!");
    } catch (IOException e) {
      return false;
    }
  }

  private static void connectOn(Endpoint endpoint, AtomicInteger greeted, AtomicBoolean over) {
    while (!over.get()) {
      try (Peer peer = Peer.connect(endpoint)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
        greeted.incrementAndGet();
      } catch (IOException e) {
        throw new IllegalStateException(e); // refused, or reset
      }
    }
  }

  /** Has systemd open a socket with these options, and start a server for its first client. */
  private Process activate(Endpoint endpoint, String... options) throws IOException {
    String tool = "/usr/bin/systemd-socket-activate";
    assumeThat(Files.isExecutable(Path.of(tool))).as(tool).isTrue();
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(List.of(options));
    command.addAll(
        List.of(script("start-server.sh"), "--set", "listeners.greeting.endpoint=" + endpoint));
    return start(command);
  }

  /** Returns the first client, as soon as a process listens. */
  private Peer first(Process server, Endpoint endpoint) {
    return Peer.connect(endpoint, server, temp.resolve("err"));
  }

  /** The unit's socket decides: it listens, whatever the conf contains. */
  @Test
  void aSocketOfAllAddressesIsReported() throws Exception {
    Endpoint endpoint = free();
    String all = "0.0.0.0:" + endpoint.port();
    Process server = activate(endpoint, "--inetd", "--listen", all);
    try (Peer peer = first(server, endpoint)) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      server.destroy();
      assertThat(server.waitFor()).isZero();
      assertThat(temp.resolve("err"))
          .content()
          .contains("listening: listener=greeting endpoint=tcp://" + all + " protocol=greeting")
          .contains("is used: listener=greeting socket=tcp://" + all + " endpoint=" + endpoint);
    } finally {
      end(server);
    }
  }

  /** A socket of both families does not match an IPv4 endpoint. */
  @Test
  void anIpv6SocketIsDistinguishedFromAnIpv4Socket() throws Exception {
    Endpoint endpoint = free();
    String all = "[::]:" + endpoint.port();
    Process server = activate(endpoint.withHost("0.0.0.0"), "--inetd", "--listen", all);
    try (Peer peer = first(server, endpoint)) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      server.destroy();
      assertThat(server.waitFor()).isZero();
      assertThat(temp.resolve("err"))
          .content()
          .contains("endpoint=tcp://" + all + " protocol=greeting families=\"IPv6, and IPv4 if its")
          .contains("is used: listener=greeting socket=tcp://" + all + " endpoint=tcp://0.0.0.0:");
    } finally {
      end(server);
    }
  }

  /** If the server started, the socket's clients would wait forever. */
  @Test
  void aSocketThatNoListenerTakesEndsTheServer() throws Exception {
    Endpoint endpoint = free();
    Endpoint other = free();
    assertThat(refused(other, "--inetd", "--listen", endpoint.authority()))
        .isEqualTo(
            "inherited socket "
                + endpoint.authority()
                + ": not the endpoint of a listener (expected: "
                + other
                + ")");
    assertThat(refused(endpoint, "--listen", endpoint.authority()))
        .isEqualTo(
            "environment variable LISTEN_FDS = 1: only descriptor 0 is used as a socket (expected:"
                + " StandardInput=socket in the unit, or systemd-socket-activate --inetd)");
  }

  /** Returns the last line of a server that ends after its first client. */
  private String refused(Endpoint endpoint, String... options) throws Exception {
    Process server = activate(endpoint, options);
    try (Peer peer = first(server, Endpoint.parse("tcp://" + options[options.length - 1]))) {
      assertThat(server.waitFor()).isEqualTo(78);
      List<String> lines = Files.readAllLines(temp.resolve("err"));
      return lines.get(lines.size() - 1);
    } finally {
      end(server);
    }
  }

  @Test
  void bySystemd() throws Exception {
    Endpoint endpoint = free();
    Process server = activate(endpoint, "--inetd", "--listen", endpoint.authority());
    try {
      Await.until("greeting", server, temp.resolve("err"), () -> canConnect(endpoint));
      try (Peer peer = Peer.connect(endpoint)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
        assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, Ada!");
      }
      server.destroy();
      assertThat(server.waitFor()).isZero(); // it has drained
      assertThat(temp.resolve("err")).content().contains("draining").contains("drained");
    } finally {
      end(server);
    }
  }
}
