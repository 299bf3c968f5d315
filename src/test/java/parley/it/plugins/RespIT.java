package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.Markdown;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** The example resp: built, tested by its own tests, and served to Redis's own clients. */
class RespIT {

  private static Example example;
  private static Path project;
  private static ServerProcess server;

  @BeforeAll
  static void buildAndServe(@TempDir Path temp) throws Exception {
    List.of("nc", "redis-cli", "redis-benchmark", "redis-server").forEach(Programs::need);
    example = Example.build("resp", temp);
    project = example.project();
    server = example.serve("resp");
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static String port() {
    return server.endpoint().port() + "";
  }

  private static Result run(String input, String... command) throws Exception {
    return Programs.run(Map.of(), input, command);
  }

  @Test
  void theClientInItsReadmeCompiles() throws IOException {
    example.compileReadme("example.resp.*", "java.util.List");
  }

  @Test
  void itsOwnTestsHaveRun() throws IOException {
    for (String test : List.of("RespProtocolTest", "RedisTest")) {
      assertThat(project.resolve("target/surefire-reports/example.resp." + test + ".txt"))
          .content()
          .containsPattern("Tests run: [1-9]\\d*, Failures: 0, Errors: 0, Skipped: 0");
    }
  }

  @Test
  void redisCliHoldsASession() throws Exception {
    String input =
        """
        ping
        set cli 'two words'
        get cli
        set n 41
        incr n
        mget cli none n
        exists cli none
        client setname tester
        client getname
        config get save
        get
        flushall
        del cli n
        """;
    Result result = run(input, "redis-cli", "-p", port());
    assertThat(result.out())
        .isEqualTo(
            """
            PONG
            OK
            two words
            OK
            42
            two words

            42
            1
            OK
            tester
            save

            ERR wrong number of arguments for 'get' command

            ERR unknown command 'flushall', with args beginning with:\s

            2
            """);
    assertThat(result.code()).isZero();
    assertThat(run("", "redis-cli", "-p", port(), "info").out())
        .contains("redis_version:", "connected_clients:", "maxmemory:67108864");
    assertThat(run("", "redis-cli", "-p", port(), "command", "count").out()).isEqualTo("13\n");
  }

  @Test
  void linesAreAnsweredAndQuitEnds() throws Exception {
    String input = "PING\r\n\nset nc \"a\\tb\"\nGET nc\nDEL nc\nQUIT\nPING\n";
    Result result = run(input, "nc", "127.0.0.1", port()); // nc ends when the server closes
    assertThat(result).isEqualTo(new Result(0, "+PONG\r\n+OK\r\n$3\r\na\tb\r\n:1\r\n+OK\r\n", ""));
    result = run("PING\n*1\nx\n", "nc", "127.0.0.1", port());
    assertThat(result.out())
        .isEqualTo("+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n");
  }

  @Test
  void redisCliPipes() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      requests.append("SET pipe:").append(i).append(" value\r\n");
    }
    Result result = run(requests.toString(), "redis-cli", "-p", port(), "--pipe");
    assertThat(result.code()).isZero();
    assertThat(result.out()).endsWith("errors: 0, replies: 5000\n");
    assertThat(run("", "redis-cli", "-p", port(), "get", "pipe:4999").out()).isEqualTo("value\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16"})
  void redisBenchmarkRuns(String pipelined) throws Exception {
    String tests = "ping_inline,ping_mbulk,set,get,incr";
    List<String> command =
        List.of("redis-benchmark", "-p", port(), "-q", "-n", "20000", "-t", tests, "-P", pipelined);
    Result result = run("", command.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    for (String test : List.of("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR")) {
      assertThat(result.out()).containsPattern(test + ": [0-9.]+ requests per second");
    }
    assertThat(result.out()).doesNotContainIgnoringCase("error").doesNotContain("WARNING");
  }

  /** The examples in its README, at a terminal. */
  @Test
  void itsReadmeIsTrue() throws Exception {
    List<String> commands = new ArrayList<>();
    StringBuilder answers = new StringBuilder();
    String listing = Markdown.listing(project.resolve("README.md"), "", "$ redis-cli");
    for (String line : listing.split("\n")) {
      if (line.startsWith("$ ")) {
        commands.add(line.substring(2));
      } else {
        answers.append(line).append('\n');
      }
    }
    String all =
        String.join("\n", commands)
            .replace("redis-cli", "redis-cli --no-raw -p " + port())
            .replace("6379", port());
    Result result = run("", "sh", "-euc", all);
    assertThat(result.out().replace("\r", "")).isEqualTo(answers.toString());
    run("", "redis-cli", "-p", port(), "del", "visits");
  }

  /** Its pom.xml is the scaffold's. */
  @Test
  void theProjectMatchesTheScaffold() throws IOException {
    String scaffold = Files.readString(Programs.HOME.resolve("src/scaffold/pom.xml"));
    String own = Files.readString(project.resolve("pom.xml"));
    assertThat(own.replaceFirst("(<excludeArtifactIds>).*?<", "$1@SHIPPED@<"))
        .isEqualTo(
            scaffold
                .replace("@PACKAGE@", "example.resp")
                .replace("@NAME@", "resp")
                .replace("@VERSION@", System.getProperty("parley.version")));
  }
}
