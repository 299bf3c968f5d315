package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/**
 * The servers and clients of src/bench whose lines are counted do their work, checked with outside
 * programs.
 */
class PeersIT {

  /** The packages under bench that hold an EchoServer, DnsServer, DnsClient and RespServer each. */
  static final List<String> STACKS = List.of("parley", "mina", "netty", "vertx");

  /** The running servers by class; the tests of one server do not disturb each other. */
  private static final Map<String, Bench.Listening> SERVERS = new HashMap<>();

  @BeforeAll
  static void build() throws Exception {
    Bench.build();
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(Bench.Listening::close);
  }

  private static Bench.Listening server(String main) throws IOException {
    Bench.Listening server = SERVERS.get(main);
    if (server == null) {
      server = Bench.serve(main);
      SERVERS.put(main, server);
    }
    return server;
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void echoToNc(String stack) throws Exception {
    need("nc");
    String megabyte = "0123456789abcdef".repeat(1 << 16);
    Bench.Listening server = server(stack + ".EchoServer");
    for (String text : List.of("Ada\nLin", megabyte)) {
      assertThat(run(Map.of(), text, "nc", "-N", "127.0.0.1", server.port()).out()).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void dnsToDig(String stack) throws Exception {
    need("dig");
    Bench.Listening server = server(stack + ".DnsServer");
    String[] several = {"www.example", "slow.example", "WWW.EXAMPLE"};
    assertThat(dig(server, "+short +keepopen", several))
        .isEqualTo("192.0.2.1\n192.0.2.2\n192.0.2.1\n");
    assertThat(dig(server, "+comments", "other.example")).contains("status: REFUSED");
  }

  private static String dig(Bench.Listening server, String options, String... names)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("dig", "@127.0.0.1"));
    command.addAll(List.of("-p", server.port(), "+tcp"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of(names));
    return run(command.toArray(String[]::new)).out();
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void theDnsClientMatchesAnswersThatOvertake(String stack) throws Exception {
    Bench.Listening server = server(stack + ".DnsServer");
    assertThat(ask(stack, server.port(), "slow.example", "www.example"))
        .isEqualTo(new Result(0, "www.example 192.0.2.1\nslow.example 192.0.2.2\n", ""));
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void theDnsClientFailsPendingRequestsWhenTheConnectionEnds(String stack) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> hangUp(listening));
      Result asked =
          ask(stack, Integer.toString(listening.getLocalPort()), "www.example", "slow.example");
      served.join();
      assertThat(asked.code()).isEqualTo(1);
      assertThat(asked.out().lines()).hasSize(2).allMatch(line -> line.contains("Exception"));
    }
  }

  /** Reads the first bytes of the first query, and ends. */
  private static void hangUp(ServerSocket listening) {
    try (Socket accepted = listening.accept()) {
      accepted.getInputStream().readNBytes(2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result ask(String stack, String port, String... names) throws Exception {
    List<String> args = new ArrayList<>(List.of(stack, port));
    args.addAll(List.of(names));
    return run(Map.of(), "", Path.of("/"), Bench.java("AskDns", args.toArray(String[]::new)));
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void respToRedisCli(String stack) throws Exception {
    need("redis-cli");
    String session =
        """
        PING
        ECHO "Hello, World!"
        SET name Ada
        GET name
        GET none
        INCR count
        INCR name
        MGET name none count
        EXISTS name count none
        DEL name count none
        CONFIG GET save
        NOSUCH
        """;
    Bench.Listening server = server(stack + ".RespServer");
    Result result = run(Map.of(), session, "redis-cli", "--no-raw", "-p", server.port());
    assertThat(result.out())
        .isEqualTo(
            """
            PONG
            "Hello, World!"
            OK
            "Ada"
            (nil)
            (integer) 1
            (error) ERR value is not an integer or out of range
            1) "Ada"
            2) (nil)
            3) "1"
            (integer) 2
            (integer) 2
            1) "save"
            2) ""
            (error) ERR unknown command 'NOSUCH', with args beginning with:\s
            """);
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void respInlineAndItsErrors(String stack) throws Exception {
    need("nc");
    Bench.Listening server = server(stack + ".RespServer");
    assertThat(nc(server, "SET a b\r\nGET a\r\n\r\nQUIT\r\nSET a c\r\n"))
        .isEqualTo("+OK\r\n$1\r\nb\r\n+OK\r\n");
    for (String bad : List.of("*1\r\n:1\r\n", "*x\r\n", "*1\r\n$x\r\n")) {
      assertThat(nc(server, bad + "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nc\r\n"))
          .startsWith("-ERR Protocol error")
          .containsOnlyOnce("\r\n");
    }
    assertThat(nc(server, "GET a\r\nQUIT\r\n")).isEqualTo("$1\r\nb\r\n+OK\r\n");
  }

  /** Returns all bytes that the server sends until it closes. */
  private static String nc(Bench.Listening server, String input) throws Exception {
    return run(Map.of(), input, "nc", "127.0.0.1", server.port()).out();
  }

  @ParameterizedTest
  @FieldSource("STACKS")
  void respToRedisBenchmark(String stack) throws Exception {
    need("redis-benchmark");
    Bench.Listening server = server(stack + ".RespServer");
    for (String pipeline : List.of("1", "16")) {
      String command = "redis-benchmark -q -t set,get -n 10000 -P " + pipeline;
      Result result = run((command + " -p " + server.port()).split(" "));
      assertThat(result.out()).containsPattern("SET: [0-9.]+ requests per second");
      assertThat(result.out()).containsPattern("GET: [0-9.]+ requests per second");
      assertThat(result.err()).isEmpty();
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void linesAreCounted() throws Exception {
    assertThat(run(Bench.FOLDER.resolve("lines.sh").toString()).out().lines().skip(2))
        .hasSize(3)
        .allMatch(row -> row.matches("\\| .+ \\| (n/a|\\d+) \\| \\d+ \\| \\d+ \\| \\d+ \\|"));
  }

  /** The page shows the current counts, and Parley has the fewest lines in each row. */
  @Test
  void thePageOfLinesIsAsCounted() throws Exception {
    Result counted = run(Bench.FOLDER.resolve("lines.sh").toString());
    assertThat(counted.code()).as(counted.err()).isZero();
    assertThat(Files.readString(Programs.HOME.resolve("docs/lines.md"))).contains(counted.out());
    List<String> rows = counted.out().lines().skip(2).toList();
    assertThat(rows).hasSize(3);
    for (String row : rows) {
      List<Integer> lines =
          Arrays.stream(row.split("\\|"))
              .skip(2)
              .map(cell -> Integer.parseInt(cell.strip()))
              .toList();
      assertThat(lines.subList(1, 4)).as(row).allMatch(peer -> peer > lines.get(0));
    }
  }
}
