package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The greeting servers that bin/bench.sh measures, its load generator, and the whole command. */
class BenchIT {

  private static final String WRONG = "connection \\d+, offset -?\\d+: expected .+, got .+\\n";

  @BeforeAll
  static void build() throws Exception {
    Bench.build();
  }

  @Test
  void itsOwnTestsHaveRun() {
    List<String> tests =
        List.of(
            "load.ConnectionTest",
            "load.PaceTest",
            "run.GcLogTest",
            "run.OptionsTest",
            "run.ReportTest",
            "shared.ProgressTest");
    for (String test : tests) {
      assertThat(Bench.FOLDER.resolve("target/surefire-reports/bench." + test + ".txt"))
          .content()
          .containsPattern("Tests run: [1-9]\\d*, Failures: 0, Errors: 0, Skipped: 0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parley.GreetingServer",
        "parley.HandlerServer",
        "mina.GreetingServer",
        "netty.GreetingServer",
        "vertx.GreetingServer",
        "floor.NioServer"
      })
  void greets(String main) throws Exception {
    greets(Bench.java(main));
  }

  @Test
  void nettysEpollGreets() throws Exception {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    List<String> command = new ArrayList<>(Bench.java("netty.GreetingServer"));
    command.add(1, "-Depoll=true");
    greets(command);
  }

  @Test
  void theFloorInCGreets(@TempDir Path temp) throws Exception {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    need("cc");
    String binary = temp.resolve("floor").toString();
    String source = Bench.FOLDER.resolve("java/bench/floor/floor.c").toString();
    Result compiled =
        run("cc", "-Wall", "-Wextra", "-Werror", "-O2", "-pthread", "-o", binary, source);
    assertThat(compiled).isEqualTo(new Result(0, "", ""));
    greets(List.of(binary));
  }

  /**
   * The server runs on a JDK with virtual threads; on another JDK it reports that, and the bench
   * continues without it.
   */
  @Test
  void virtualThreadsGreet() throws Exception {
    List<String> command = Bench.java("loom.GreetingServer");
    if (Runtime.version().feature() >= 21) {
      greets(command);
    } else {
      Result result = run(Map.of(), "", Path.of("/"), command);
      assertThat(result.code()).isEqualTo(3);
      assertThat(result.err()).startsWith("no virtual threads in Java 17");
    }
  }

  /**
   * The requests are pipelined, in UTF-8, with lines of 4 KiB among them; the server closes after
   * the client's end.
   */
  private static void greets(List<String> command) throws Exception {
    need("nc");
    StringBuilder names = new StringBuilder();
    StringBuilder expected = new StringBuilder("Hello, World!\n");
    for (int i = 0; i < 1000; i++) {
      String name = (i % 100 == 0 ? "x".repeat(4096) : "Zoë") + i;
      names.append(name).append('\n');
      expected.append("Hello, ").append(name).append("!\n");
    }
    try (Bench.Listening server = Bench.serve(command)) {
      Process nc = new ProcessBuilder("nc", "-N", "127.0.0.1", server.port()).start();
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(nc, names.toString()));
      // It ends after all answers: a stock server drops unsent bytes when its peer half-closes.
      byte[] answers = expected.toString().getBytes(StandardCharsets.UTF_8);
      assertThat(nc.getInputStream().readNBytes(answers.length)).isEqualTo(answers);
      sent.join();
      nc.getOutputStream().close();
      assertThat(nc.getInputStream().readAllBytes()).isEmpty();
      assertThat(nc.getErrorStream().readAllBytes()).isEmpty();
      assertThat(nc.waitFor()).isZero();
    }
  }

  private static void send(Process to, String text) {
    try {
      to.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      to.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result load(String... args) throws Exception {
    List<String> command = new ArrayList<>(Bench.java("load.Load", args));
    command.add(1, "-Dbench.patience-seconds=1");
    return run(Map.of(), "", Path.of("/"), command);
  }

  @Test
  void theLoadMeasuresAServerThatAnswersRight() throws Exception {
    try (Liar honest = new Liar((index, answer) -> answer)) {
      Result result = load("closed", honest.port(), "4", "16", "16", "0", "0.1", "2");
      assertThat(result.err()).isEmpty();
      assertThat(result.out())
          .matches(
              "(?s)opened\\nrate [1-9][0-9.]+\\np50-us .*p999-us .*answers [1-9]\\d+\\ndone\\n");
      assertThat(result.code()).isZero();
    }
  }

  /**
   * The server holds the answers from the 101st on until the 201st request has arrived. At 400
   * requests per second the first of them is a quarter of a second late. A closed loop would send
   * no further requests.
   */
  @Test
  void theOpenLoopKeepsSendingWhileTheServerIsSilent() throws Exception {
    StringBuilder held = new StringBuilder();
    Liar.Lie silence =
        (index, answer) -> {
          held.append(answer);
          return index >= 100 && index < 200 ? "" : taken(held);
        };
    try (Liar liar = new Liar(silence)) {
      Result result = load("open", liar.port(), "1", "1", "16", "0", "1", "400");
      assertThat(result.err()).isEmpty();
      assertThat(figure(result, "answers")).isBetween(400.0, 401.0);
      assertThat(figure(result, "max-us")).isGreaterThan(249_000);
      assertThat(figure(result, "p90-us")).isGreaterThan(149_000); // 40 of 400 waited longer
    }
  }

  private static String taken(StringBuilder held) {
    String all = held.toString();
    held.setLength(0);
    return all;
  }

  private static double figure(Result result, String name) {
    return result
        .out()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + ": " + result));
  }

  @Test
  void idleConnectionsMayHaveAskedBefore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Liar.Lie counted =
        (index, answer) -> {
          asked.incrementAndGet();
          return answer;
        };
    try (Liar honest = new Liar(counted)) {
      Result idle = new Result(0, "ready\ndone\n", "");
      assertThat(load("idle", honest.port(), "20", "0")).isEqualTo(idle);
      assertThat(asked).hasValue(0);
      assertThat(load("idle", honest.port(), "20", "1")).isEqualTo(idle);
      assertThat(asked).hasValue(20);
    }
  }

  private static void assertRefused(Liar.Lie lie, String... command) throws Exception {
    try (Liar liar = new Liar(lie)) {
      command[1] = liar.port();
      Result result = load(command);
      assertThat(result.err()).matches(WRONG);
      assertThat(result.out()).doesNotContain("rate", "done");
      assertThat(result.code()).isEqualTo(1);
    }
  }

  private static void assertRefusedByTheClosedLoop(Liar.Lie lie) throws Exception {
    assertRefused(lie, "closed", "PORT", "4", "16", "16", "0", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "closed PORT 2 16 4096 0 1",
        "open PORT 4 1 16 0 1 1000",
        "connects PORT 4 0 1",
        "flood PORT 1 2 0 1"
      })
  void theLoadFailsOnAWrongByte(String command) throws Exception {
    assertRefused(
        (index, answer) -> answer.substring(0, answer.length() - 2) + "?\n", command.split(" "));
  }

  @Test
  void theLoadFailsOnALostAnswer() throws Exception {
    assertRefusedByTheClosedLoop((index, answer) -> index == 100 ? "" : answer);
  }

  @Test
  void theLoadFailsOnTwoSwappedAnswers() throws Exception {
    ThreadLocal<String> held = new ThreadLocal<>(); // a thread per connection
    assertRefusedByTheClosedLoop(
        (index, answer) -> {
          held.set(index == 100 ? answer : held.get());
          return index == 100 ? "" : index == 101 ? answer + held.get() : answer;
        });
  }

  @Test
  void theLoadFailsOnAnExtraAnswer() throws Exception {
    assertRefused((index, answer) -> answer + answer, "closed", "PORT", "1", "1", "16", "0", "1");
  }

  @Test
  void theLoadFailsWhenTheServerFallsSilentOrEnds() throws Exception {
    assertRefusedByTheClosedLoop((index, answer) -> index < 100 ? answer : "");
    assertRefusedByTheClosedLoop((index, answer) -> index < 100 ? answer : null);
  }

  @Test
  void aShortRunPrintsRatiosAndWritesItsFile(@TempDir Path temp) throws Exception {
    String works = "4x4 connects open-4x1 idle-50";
    Path file = temp.resolve("out/results.tsv");
    List<String> command = new ArrayList<>(List.of(Programs.script("bench.sh")));
    command.addAll(List.of("--rounds", "1", "--seconds", "0.5", "--warm-up", "0.2"));
    command.addAll(List.of("--servers", "parley,netty-nio,nio-floor", "--out", file.toString()));
    command.addAll(List.of(works.split(" ")));
    // Short runs spend most of their time on start-up.
    Map<String, String> quick =
        Map.of("JAVA_OPTS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    Result result = run(quick, "", temp, command);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty(); // progress is for terminals
    assertThat(result.out())
        .containsPattern("4x4 +rate +parley +[0-9.]+ netty-nio +- +- +[0-9.]+ nio-floor")
        .containsPattern("idle-50 +heap-bytes +netty-nio ");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0)).isEqualTo("work\tserver\tround\tmetric\tvalue");
    assertThat(lines).anyMatch(line -> line.startsWith("# jdk "));
    for (String work : works.split(" ")) {
      String metric = work.startsWith("idle") ? "heap-bytes" : "rate";
      assertThat(lines)
          .anyMatch(line -> line.matches(work + "\tparley\t1\t" + metric + "\t-?[0-9.]+"));
    }
  }

  @Test
  void progressIsOneLineOfATerminal(@TempDir Path temp) throws Exception {
    String options = "--rounds 1 --seconds 0.1 --warm-up 0.1 --servers nio-floor";
    Result result =
        Bench.onATerminal("bench.sh", options, "--out", temp.resolve("one.tsv") + "", "1x1");
    assertThat(result.out())
        .containsPattern(
            "\n1 of 2: warm-up, 1x1 nio-floor\\r +"
                + "\\r2 of 2: round 1, 1x1 nio-floor, about \\d+ [a-z]+ left\\r +\\r"
                + "\\r\nratios of medians")
        .doesNotContain("\033");
  }

  @Test
  void aRunAtOneRateHasTheFiguresOfEachServerAndKeepsItsGcLog(@TempDir Path temp) throws Exception {
    List<String> command = new ArrayList<>(List.of(Programs.script("bench.sh")));
    command.addAll(List.of("--rounds", "1", "--seconds", "0.5", "--warm-up", "0"));
    command.addAll(List.of("--servers", "parley,netty-nio", "--out", temp + "/one.tsv"));
    command.addAll(List.of("--rate", "40000", "4x4"));
    // The young generation is small, so that it is collected often.
    Map<String, String> small =
        Map.of("JAVA_OPTS", "-Xmx256m -Xmn1m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    Result result = run(small, "", temp, command);
    assertThat(result.code()).as(result.err()).isZero();
    List<String> lines = Files.readAllLines(temp.resolve("one.tsv"));
    for (String server : List.of("parley", "netty-nio")) {
      assertThat(result.out()).containsPattern("\n " + server + " +40,000 +[0-9,]+ ");
      String row = "open-common-4x4\t" + server + "\t1\t";
      assertThat(lines).contains(row + "asked-rate\t40000.0");
      assertThat(lines)
          .filteredOn(line -> line.matches(row + "[a-z].*\t[1-9][0-9.]*"))
          .extracting(line -> line.split("\t")[3])
          .contains("rate", "p50-us", "p99-us", "p999-us", "max-us", "alloc-bytes")
          .contains("late-p999-us", "gc-pauses", "gc-p50-us", "gc-max-us");
      assertThat(temp.resolve("one-gc/" + server + ".log")).content().contains("Pause Young");
    }
  }

  @Test
  void unknownArgumentsAreRejected() throws Exception {
    for (String bad : List.of("64y1", "--servers=x", "--rounds", "--rate=9")) {
      Result result = run(Programs.script("bench.sh"), bad);
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains(bad).contains("(expected: ");
    }
    assertThat(run(Programs.script("bench.sh"), "--list").out()).contains("netty-epoll", "16x128");
  }
}
