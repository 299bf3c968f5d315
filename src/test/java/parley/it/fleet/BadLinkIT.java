package parley.it.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Await;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/**
 * Server and client run in their own network namespaces; the link between them loses, delays and
 * reorders packets. Skipped if the system does not permit this user to create them.
 */
class BadLinkIT {

  private static final String SERVER = "parley-a-" + ProcessHandle.current().pid();
  private static final String CLIENT = "parley-b-" + ProcessHandle.current().pid();

  @TempDir Path temp;
  private Process link;

  @BeforeEach
  void link() throws Exception {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    need("ip");
    need("cc");
    assumeThat(Files.isWritable(Path.of("/dev/net/tun"))).as("/dev/net/tun").isTrue();
    Result added = run("ip", "netns", "add", SERVER);
    assumeThat(added.code()).as(added.err()).isZero();
    ok("ip", "netns", "add", CLIENT);
    String binary = temp.resolve("link").toString();
    String source = Programs.HOME.resolve("src/test/c/link.c").toString();
    ok("cc", "-Wall", "-Wextra", "-Werror", "-O2", "-o", binary, source);
    List<String> command = List.of(binary, SERVER, CLIENT, "3", "5", "20", "1");
    link =
        Programs.builder(Map.of(), temp, command)
            .redirectError(temp.resolve("link.err").toFile())
            .start();
    assertThat(link.inputReader().readLine())
        .as(Files.readString(temp.resolve("link.err")))
        .isEqualTo("ready");
    ok("ip", "-n", SERVER, "link", "set", "lo", "up");
    address(SERVER, "10.9.0.1/24");
    address(CLIENT, "10.9.0.2/24");
  }

  private static void ok(String... command) throws Exception {
    assertThat(run(command)).isEqualTo(new Result(0, "", ""));
  }

  private static void address(String namespace, String address) throws Exception {
    ok("ip", "-n", namespace, "addr", "add", address, "dev", "link0");
    ok("ip", "-n", namespace, "link", "set", "link0", "up");
  }

  @AfterEach
  void unlink() throws Exception {
    if (link != null) {
      link.destroy();
      link.onExit().join();
    }
    run("ip", "netns", "del", SERVER);
    run("ip", "netns", "del", CLIENT);
  }

  private ServerProcess serve(String... settings) throws IOException {
    List<String> command = new ArrayList<>(in(SERVER, script("start-server.sh")));
    for (String each : settings) {
      command.addAll(List.of("--set", each));
    }
    command.addAll(List.of("--set", "listeners.greeting.endpoint=tcp://10.9.0.1:0"));
    return ServerProcess.start(1, Map.of(), temp, command);
  }

  private static List<String> in(String namespace, String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(command));
    return all;
  }

  private static String each(int count, String before, String after) {
    return IntStream.range(0, count)
        .mapToObj(i -> before + i + after + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void requestsOverABadLinkAreAnsweredInOrder() throws Exception {
    try (ServerProcess server = serve()) {
      String port = server.endpoint().port() + "";
      String[] near = {"nc", "-N", "10.9.0.1", port};
      run(Map.of(), each(20_000, "n", ""), temp, in(SERVER, near)); // warms it up
      Holding before = Holding.of(server);
      CompletableFuture<Result> far = CompletableFuture.supplyAsync(() -> askFromFar(server));
      Await.until("a connection", () -> connections() > 0);
      Result neighbour = run(Map.of(), each(20_000, "n", ""), temp, in(SERVER, near));
      assertThat(far).isNotDone(); // the near client does not wait for the far one
      assertThat(neighbour.out()).isEqualTo("Hello, World!\n" + each(20_000, "Hello, n", "!"));
      Result answers = far.get();
      assertThat(answers.err()).isEmpty();
      assertThat(answers.out()).isEqualTo(each(100_000, "Hello, n", "!"));
      Result halfClosed =
          run(Map.of(), each(5000, "n", ""), temp, in(CLIENT, "nc", "-N", "10.9.0.1", port));
      assertThat(halfClosed.out()).isEqualTo("Hello, World!\n" + each(5000, "Hello, n", "!"));
      before.awaitAgain(server);
    }
  }

  private Result askFromFar(ServerProcess server) {
    String[] ask = {
      script("hello-client.sh"), "--timeout", "60s", "--endpoint", server.endpoint() + "", "-"
    };
    try {
      return run(Map.of(), each(100_000, "n", ""), temp, in(CLIENT, ask));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** No FIN, no reset, no packet at all: only a deadline ends such a session. */
  @Test
  void nothingIsLeftOfPeersThatVanish() throws Exception {
    try (ServerProcess server =
        serve("listeners.greeting.limits.first-frame-timeout=3s", "close-timeout=200ms")) {
      Holding before = Holding.of(server);
      List<Process> peers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String port = server.endpoint().port() + "";
        Process peer = Programs.builder(Map.of(), temp, in(CLIENT, "nc", "10.9.0.1", port)).start();
        peers.add(peer);
        assertThat(peer.inputReader().readLine()).isEqualTo("Hello, World!");
      }
      assertThat(connections()).isEqualTo(10);
      ok("kill", "-USR1", link.pid() + "");
      Await.until("no connection", () -> connections() == 0);
      for (Process peer : peers) {
        peer.destroy();
        peer.onExit().join();
      }
      assertThat(server.log())
          .contains("reason=first_frame_timeout detail=\"no first frame for 3 s\"");
      before.awaitAgain(server);
    }
  }

  /**
   * Returns the connections that the server still holds, by the kernel's table, which has no inode
   * for others.
   */
  private static long connections() throws Exception {
    Result table = Programs.run(Map.of(), "", Path.of("/"), in(SERVER, "cat", "/proc/net/tcp6"));
    return table
        .out()
        .lines()
        .skip(1)
        .map(line -> line.strip().split(" +"))
        .filter(words -> !words[3].equals("0A") && !words[9].equals("0"))
        .count();
  }
}
