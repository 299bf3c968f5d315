package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Await;
import parley.testing.Distribution;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Programs;
import parley.testing.ServerProcess;

/** The effects of a bad plug-in that an operator sees. */
class TrustIT {

  private static final String CONF =
      """
      listeners.bad { endpoint = "tcp://127.0.0.1:0", protocol = bad }
      """;

  private static ServerProcess serve(Path temp, String handler, String javaOptions)
      throws Exception {
    return serve(temp, handler, javaOptions, 4096);
  }

  private static ServerProcess serve(Path temp, String handler, String javaOptions, int descriptors)
      throws Exception {
    Path home = Distribution.unpack(temp);
    String source =
        PluginJar.source("Bad", "bad", "")
            .replace("AnswerHandler.<String, String>of((session, line) -> line)", handler);
    PluginJar.of(
        Files.createDirectories(home.resolve("plugins")).resolve("bad.jar"),
        "Bad",
        source,
        List.of("Bad"));
    Path conf = Files.writeString(temp.resolve("bad.conf"), CONF);
    return ServerProcess.start(
        1,
        Map.of("JAVA_OPTS", javaOptions, "PARLEY_RUN", temp.toString()),
        temp,
        List.of(
            "sh",
            "-c",
            "ulimit -n " + descriptors + "; exec \"$@\"",
            "sh",
            home.resolve("bin/start-server.sh").toString(),
            "--config",
            conf.toString()));
  }

  @Test
  void anOutOfMemoryErrorEndsTheProcessWithItsOwnExitCode(@TempDir Path temp) throws Exception {
    String hog =
        "AnswerHandler.<String, String>of((session, line) -> { java.util.List<byte[]> all ="
            + " new java.util.ArrayList<>(); while (true) all.add(new byte[1 << 20]); })";
    try (ServerProcess server = serve(temp, hog, "-Xmx32m");
        Peer peer = Peer.connect(server.endpoint())) {
      peer.send("a\n");
      assertThat(server.process().waitFor()).isEqualTo(134);
      try (Stream<Path> files = Files.list(temp)) {
        assertThat(files.map(each -> each.getFileName().toString()))
            .anyMatch(name -> name.matches("crash-\\d+\\.log"));
      }
    }
  }

  @Test
  void aServerWithTooFewThreadsReportsIt() throws Exception {
    Programs.Result result =
        Programs.run(
            Map.of("JAVA_OPTS", "-Xmx256m -Xss256m"), // of address space each
            "",
            "sh",
            "-c",
            "ulimit -v 12000000; exec \"$@\"",
            "sh",
            Programs.script("start-server.sh"),
            "--set",
            "event-loops=1024",
            "--set",
            "listeners.greeting.endpoint=tcp://127.0.0.1:0");
    assertThat(result.err())
        .containsPattern(
            "^cannot start: no thread left: \\d+ of 1027 started: unable to create native thread.*"
                + " \\(see event-loops; ulimit -u; -Xmx in conf/setenv.sh\\)\n$");
    assertThat(result.code()).isEqualTo(71);
  }

  /**
   * At the process's first write the JDK takes a descriptor for good. If none is free by then, the
   * process can never write.
   */
  @Test
  void aServerWithoutADescriptorBeforeItsFirstWriteContinues(@TempDir Path temp) throws Exception {
    Programs.need("mkfifo");
    Path pipe = temp.resolve("pipe");
    assertThat(Programs.run("mkfifo", pipe.toString()).code()).isZero();
    Path given = temp.resolve("given");
    String hoarder =
        "((java.util.function.Supplier<AnswerHandler<String, String>>) () -> { Thread thread = new Thread(() -> {"
            + " java.util.List<java.io.FileInputStream> all = new java.util.ArrayList<>();"
            + " try (java.io.FileInputStream pipe = new java.io.FileInputStream(\"PIPE\")) {"
            + "   try { while (true) all.add(new java.io.FileInputStream(\"/dev/null\")); }"
            + "   catch (java.io.IOException none) { new java.io.File(\"PIPE\").delete(); }"
            + "   pipe.read();"
            + "   for (java.io.FileInputStream each : all) each.close();"
            + "   new java.io.File(\"GIVEN\").createNewFile(); }"
            + " catch (java.io.IOException e) { throw new IllegalStateException(e); } });"
            + " thread.setDaemon(true); thread.start();"
            + " return AnswerHandler.<String, String>of((session, line) -> line); }).get()";
    hoarder = hoarder.replace("GIVEN", given + "").replace("PIPE", pipe + "");
    try (ServerProcess server = serve(temp, hoarder, "-Xmx64m", 120)) {
      try (OutputStream unused = Files.newOutputStream(pipe)) { // takes all bytes while it is open
        Await.until("all taken", () -> Files.notExists(pipe));
        for (int i = 0; i < 3; i++) {
          try (Peer peer = Peer.connect(server.endpoint())) {
            assertThat(peer.rest()).isEmpty(); // refused, by a protocol without a refusal message
          }
        }
      }
      Await.until("all given back", () -> Files.exists(given));
      try (Peer peer = Peer.connect(server.endpoint())) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
    }
  }

  /** No text of a peer or an exception makes a log line of its own, or controls a terminal. */
  @Test
  void anExceptionMessageIsBoundedAndForgesNoLogLine(@TempDir Path temp) throws Exception {
    String failing =
        "AnswerHandler.<String, String>of((session, line) -> { throw new IllegalStateException("
            + "line + \"\\u001b[31m\\n2026-01-01 ERROR forged\\r\\u0007\" + \"x\".repeat(100_000)); })";
    try (ServerProcess server = serve(temp, failing, "-Xmx64m")) {
      for (int i = 0; i < 3; i++) {
        try (Peer peer = Peer.connect(server.endpoint())) {
          assertThat(peer.send("evil\n").rest()).isEmpty();
        }
      }
      Await.until("faults", () -> faults(server), count -> count >= 3);
      assertThat(server.log()).hasSizeLessThan(3 * 20_000);
      assertThat(server.log().lines())
          .allMatch(
              line ->
                  line.startsWith("\tat ")
                      || line.startsWith("\t... ")
                      || line.contains("evil?[31m")
                      || line.matches("\\d{4}-\\d\\d-\\d\\dT.*"));
      assertThat(server.log().chars()).allMatch(c -> c >= ' ' || c == '\n' || c == '\t');
    }
  }

  private static long faults(ServerProcess server) throws IOException {
    return server.log().lines().filter(line -> line.contains("reason=fault")).count();
  }

  /** The log names a blocking handler in one line. */
  @Test
  void theWatchdogIsOneLine(@TempDir Path temp) throws Exception {
    String blocking =
        "AnswerHandler.<String, String>of((session, line) -> { try { Thread.sleep(2000); } catch"
            + " (InterruptedException e) { throw new IllegalStateException(e); } return line; })";
    try (ServerProcess server = serve(temp, blocking, "-Xmx64m");
        Peer peer = Peer.connect(server.endpoint())) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      assertThat(server.log().lines().filter(line -> line.contains("WARN")))
          .hasSizeBetween(1, 2)
          .first()
          .asString()
          .contains("event loop blocked", "Thread.sleep", "Bad.");
    }
  }
}
