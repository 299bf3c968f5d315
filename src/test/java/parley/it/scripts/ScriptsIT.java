package parley.it.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.endpoint.Endpoint;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;
import parley.testing.Servers;

/** The scripts as a user runs them. */
class ScriptsIT {

  private static final String CLIENT = script("hello-client.sh");

  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    server = ServerProcess.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  /** A script that finds no Java cannot build anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench.sh",
        "faults.sh",
        "soak.sh",
        "stop-server.sh",
        "new-protocol.sh",
        "dev-cert.sh"
      })
  void theHelpOfAScriptNeedsNoBuild(String name) throws Exception {
    Result help = run(Map.of("JAVA_HOME", "/nonexistent"), "", script(name), "--help");
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).startsWith("usage: " + name).contains("\nExit codes: 0 ");
    assertThat(help.code()).isZero();
    assertThat(run(script(name), "-h")).isEqualTo(help);
  }

  private static Result client(String... arguments) throws IOException, InterruptedException {
    return client("", arguments);
  }

  private static Result client(String input, String[] arguments)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of(arguments));
    command.add(0, CLIENT);
    Map<String, String> environment = Map.of("PARLEY_ENDPOINT", server.endpoint().toString());
    return run(environment, input, Path.of("/"), command);
  }

  @Test
  @Tag("smoke")
  void theBannerAndTheAnswers() throws Exception {
    assertThat(client()).isEqualTo(new Result(0, "Hello, World!\n", ""));
    assertThat(client("Ada", "Lin", "", "Grüße"))
        .isEqualTo(new Result(0, "Hello, Ada!\nHello, Lin!\nHello, World!\nHello, Grüße!\n", ""));
    assertThat(client("--endpoint", server.endpoint().toString(), "--timeout", "20s", "--", "-x"))
        .isEqualTo(new Result(0, "Hello, -x!\n", ""));
  }

  @Test
  @Tag("smoke")
  void tenThousandNamesFromStandardInputInOrder() throws Exception {
    String names =
        IntStream.range(0, 10_000).mapToObj(i -> "n" + i).collect(Collectors.joining("\n"));
    String answers =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "Hello, n" + i + "!\n")
            .collect(Collectors.joining());
    assertThat(client(names, new String[] {"-"})).isEqualTo(new Result(0, answers, ""));
  }

  @Test
  @Tag("smoke")
  void answersStreamBeforeTheInputEnds() throws Exception {
    ProcessBuilder builder =
        Programs.builder(
            Map.of("PARLEY_ENDPOINT", server.endpoint().toString()),
            Path.of("/"),
            List.of(CLIENT, "-"));
    Process process = builder.start();
    for (String name : List.of("Ada", "Lin")) {
      process.getOutputStream().write((name + "\n").getBytes());
      process.getOutputStream().flush();
      assertThat(process.inputReader().readLine()).isEqualTo("Hello, " + name + "!");
    }
    process.getOutputStream().close();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void exitCodesOfTheClient(@TempDir Path temp) throws Exception {
    Result refused = client("Ada", "x".repeat(1025), "Lin");
    assertThat(refused)
        .isEqualTo(new Result(1, "Hello, Ada!\n", "ERR line too long: more than 1024 bytes\n"));

    for (String[] wrong :
        new String[][] {
          {"--no-such"},
          {"-i", "Ada"},
          {"-", "Ada"},
          {"a\nb"},
          {"--timeout", "10"},
          {"--endpoint", "localhost"},
          {"--set"}
        }) {
      Result usage = client(wrong);
      assertThat(usage.code()).as("%s", List.of(wrong)).isEqualTo(2);
      assertThat(usage.err()).contains("usage: hello-client.sh");
      assertThat(usage.out()).isEmpty();
    }
    assertThat(client("a\u0000b\n", new String[] {"-"}).code()).isZero();
    assertThat(run(Map.of(), "", CLIENT, "-i").code()).isEqualTo(2);

    Endpoint free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = Servers.FREE.withPort(socket.getLocalPort());
    }
    assertThat(client("--endpoint", free.toString(), "Ada"))
        .isEqualTo(new Result(3, "", "cannot connect to " + free + ": Connection refused\n"));

    try (ServerSocket mute = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
      String endpoint = Servers.FREE.withPort(mute.getLocalPort()).toString();
      // The timeout covers the connect too, which may be slow on a busy machine.
      assertThat(client("--endpoint", endpoint, "--timeout", "1500ms"))
          .isEqualTo(new Result(4, "", "no banner within 1500 ms\n"));
      assertThat(client("--endpoint", endpoint, "--timeout", "1500ms", "Ada"))
          .isEqualTo(new Result(4, "", "no answer within 1500 ms\n"));
    }

    assertThat(client("Ada", "quit", "Lin"))
        .isEqualTo(new Result(5, "Hello, Ada!\nGoodbye!\n", "connection closed by the server\n"));

    Path conf = Files.writeString(temp.resolve("bad.conf"), "answer-timeout = 5\n");
    Result bad = client("--config", conf.toString());
    assertThat(bad.code()).isEqualTo(78);
  }

  @Test
  void badInputOnStandardInputNamesItsLine() throws Exception {
    Path bad = Files.createTempFile("parley", ".names");
    Files.write(bad, new byte[] {'A', '\n', (byte) 0xFF, '\n'});
    Result result = run("sh", "-c", CLIENT + " --endpoint " + server.endpoint() + " - <" + bad);
    assertThat(result)
        .isEqualTo(new Result(2, "Hello, A!\n", "standard input, line 2: line is not UTF-8\n"));
    Files.delete(bad);
  }

  @Test
  void helpAndVersion() throws Exception {
    assertThat(client("--help").out()).startsWith("usage: hello-client.sh").contains("Exit codes");
    assertThat(client("--version").out())
        .isEqualTo("parley " + System.getProperty("parley.version") + "\n");
    assertThat(run(script("start-server.sh"), "--help").out()).contains("--daemon");
  }

  @Test
  @Tag("smoke")
  void fromAnyFolderThroughALinkInAPathWithSpaces(@TempDir Path temp) throws Exception {
    Path spaced = Files.createSymbolicLink(temp.resolve("a b"), Programs.HOME);
    Path link =
        Files.createSymbolicLink(temp.resolve("hi there"), spaced.resolve("bin/hello-client.sh"));
    Path second = Files.createSymbolicLink(temp.resolve("relative"), Path.of("hi there"));
    for (List<String> command :
        List.of(
            List.of(spaced.resolve("bin/hello-client.sh").toString(), "Ada"),
            List.of(second.toString(), "Ada"),
            List.of("sh", "relative", "Ada"),
            List.of(link.toString(), "Ada"))) {
      Map<String, String> environment = Map.of("PARLEY_ENDPOINT", server.endpoint().toString());
      assertThat(run(environment, "", temp, command))
          .as("%s", command)
          .isEqualTo(new Result(0, "Hello, Ada!\n", ""));
    }
  }

  @Test
  void nothingIsBuiltWhenNothingChanged() throws Exception {
    Path stamp = Programs.HOME.resolve("target/lib/.built");
    var before = Files.getLastModifiedTime(stamp);
    assertThat(client("Ada").err()).isEmpty();
    assertThat(Files.getLastModifiedTime(stamp)).isEqualTo(before);
  }

  @Test
  @Tag("smoke")
  void aDaemonIsStartedOnceAndStopped(@TempDir Path temp) throws Exception {
    Map<String, String> run = Map.of("PARLEY_RUN", temp.resolve("run dir").toString());
    String start = script("start-server.sh");
    String free = "listeners.greeting.endpoint=tcp://127.0.0.1:0";
    Result started = run(run, "", start, "--daemon", "--set", free);
    try {
      assertThat(started.code()).as(started.err()).isZero();
      assertThat(started.out())
          .matches("(?s)listening tcp://127.0.0.1:\\d+ greeting\npid \\d+, log .*");
      String endpoint = started.out().split("[ \n]")[1];
      assertThat(run(CLIENT, "--endpoint", endpoint, "Ada").out()).isEqualTo("Hello, Ada!\n");
      Result second = run(run, "", start, "--daemon", "--set", free);
      assertThat(second.code()).isEqualTo(3);
      assertThat(second.err()).startsWith("parley is already running: pid ");
    } finally {
      Result stopped = run(run, "", script("stop-server.sh"));
      assertThat(stopped.out()).matches("stopped: pid \\d+\n");
    }
    assertThat(run(run, "", script("stop-server.sh")).code()).isEqualTo(3);
    assertThat(run(run, "", script("stop-server.sh"), "--help").out()).startsWith("usage: stop-");
    assertThat(run(run, "", script("stop-server.sh"), "now").code()).isEqualTo(2);
    Result bad = run(run, "", start, "--daemon", "--set", "backlog=1");
    assertThat(bad.code()).isEqualTo(78);
    assertThat(bad.err()).contains("--set backlog is not a key");
    assertThat(temp.resolve("run dir/server.pid")).doesNotExist();
  }

  @Test
  @Tag("smoke")
  void aPortInUseIsOneLineAndAnExitCode() throws Exception {
    Result second =
        run(script("start-server.sh"), "--set", "listeners.greeting.endpoint=" + server.endpoint());
    assertThat(second)
        .isEqualTo(
            new Result(
                3,
                "",
                "cannot bind "
                    + server.endpoint()
                    + " (listener greeting): Address already in use\n"));
  }

  @Test
  void printsItsChain() throws Exception {
    Result chain = run(script("start-server.sh"), "--print-chain");
    assertThat(chain.code()).isZero();
    assertThat(chain.out().lines().map(line -> line.strip().split(" ")[0]))
        .containsExactly("greeting", "connection", "codec", "drain", "fault", "handler");
    assertThat(chain.out())
        .contains("DrainFilter", " handles deadlines, half-close and graceful shutdown\n");
  }

  @Test
  void aDaemonOutlivesItsTerminal(@TempDir Path temp) throws Exception {
    Programs.need("script");
    Map<String, String> run = Map.of("PARLEY_RUN", temp.toString());
    String start =
        script("start-server.sh") + " --set listeners.greeting.endpoint=tcp://127.0.0.1:0 --daemon";
    Result started = run(run, "", "script", "-qec", "sh " + start, "/dev/null");
    try {
      assertThat(started.out()).contains("listening ");
      String endpoint = started.out().split("[ \r\n]+")[1];
      assertThat(run(CLIENT, "--endpoint", endpoint, "Ada").out()).isEqualTo("Hello, Ada!\n");
    } finally {
      assertThat(run(run, "", script("stop-server.sh")).out()).startsWith("stopped: pid ");
    }
  }

  @Test
  void badConfOfTenKindsNamesFileAndLineAndStartsNothing(@TempDir Path temp) throws Exception {
    String listener = "listeners { g { endpoint = \"tcp://127.0.0.1:0\", protocol = greeting } }\n";
    String[] kinds = {
      "drain-timeout = 10", // no unit
      "drain-timeout = 25h", // past its bound
      "event-loops = many", // not a number
      "drain-timout = 1s", // unknown key
      "close-timeout = null", // no value
      "close-timeout { a = 1 }", // a block
      "listeners.g.backlog = 0", // below its bound
      "listeners.g.protocol = greting", // unknown protocol
      "listeners.g.endpoint = \"127.0.0.1:1\"", // invalid endpoint
      "listeners.g.settings.baner = a", // unknown setting
      "listeners.h = 5", // not a listener
      "a = ]" // no HOCON
    };
    for (String kind : kinds) {
      Path conf = Files.writeString(temp.resolve("bad.conf"), listener + kind + "\n");
      Result refused = run(script("start-server.sh"), "--config", conf.toString());
      assertThat(refused.code()).as(kind).isEqualTo(78);
      assertThat(refused.out()).as(kind).isEmpty();
      assertThat(refused.err()).as(kind).startsWith(conf + ":2: ");
    }
  }

  @Test
  void unwritableOutputIsReported() throws Exception {
    for (String arguments : List.of("Ada", "", "--help", "--print-config")) {
      Result full =
          run(
              "sh",
              "-c",
              CLIENT + " --endpoint " + server.endpoint() + " " + arguments + " >/dev/full");
      assertThat(full)
          .as(arguments)
          .isEqualTo(new Result(74, "", "cannot write to standard output\n"));
    }
  }

  @Test
  @Tag("smoke")
  void namesAreUtf8InAnyLocale() throws Exception {
    Map<String, String> c = Map.of("LC_ALL", "C", "PARLEY_ENDPOINT", server.endpoint().toString());
    assertThat(run(c, "", CLIENT, "Zoë")).isEqualTo(new Result(0, "Hello, Zoë!\n", ""));
  }

  @Test
  void endsWhenItsOutputIsClosedThoughMoreNamesCome() throws Exception {
    Result piped =
        run(
            "sh",
            "-c",
            "yes Ada | " + CLIENT + " --endpoint " + server.endpoint() + " - | head -n 1");
    assertThat(piped.out()).isEqualTo("Hello, Ada!\n");
  }
}
