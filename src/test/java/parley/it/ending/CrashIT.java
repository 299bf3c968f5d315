package parley.it.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Installation.executable;
import static parley.testing.Installation.withJava;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Distribution;
import parley.testing.Folders;
import parley.testing.Installation;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** The place of Java's report when it crashes: never the working folder. */
class CrashIT {

  @TempDir Path temp;
  private Path home;
  private Path work;
  private Path tmp;

  @BeforeEach
  void unpack() throws Exception {
    home = Distribution.unpack(temp);
    work = Files.createDirectory(temp.resolve("work"));
    tmp = Files.createDirectory(temp.resolve("tmp"));
  }

  private static void crash(Process process) throws Exception {
    assertThat(Programs.run("kill", "-SEGV", process.pid() + "").code()).isZero();
    assertThat(process.waitFor()).isEqualTo(134);
  }

  /** Starts a server in its own working folder, and crashes it; returns its pid. */
  private long crashServer(Map<String, String> environment, Installation installation)
      throws Exception {
    try (ServerProcess server =
        ServerProcess.start(
            1, environment, work, installation.command("start-server.sh", Installation.FREE))) {
      crash(server.process());
      return server.process().pid();
    }
  }

  @Test
  void aServersReportIsInItsRunFolder() throws Exception {
    for (String shell : List.of("dash", "bash")) {
      Installation unpacked = new Installation(home, shell);
      Installation clone = new Installation(Programs.HOME, shell);
      long pid = crashServer(Map.of(), unpacked);
      assertThat(home.resolve("run/crash-" + pid + ".log")).isNotEmptyFile();
      Folders.delete(home.resolve("run"));

      String relative = "a/b 100%pure";
      pid = crashServer(Map.of("PARLEY_RUN", relative), clone);
      assertThat(work.resolve(relative + "/crash-" + pid + ".log")).isNotEmptyFile();
      Folders.delete(work.resolve("a"));

      String impossible = Files.writeString(tmp.resolve("file"), "") + "/run";
      pid = crashServer(Map.of("PARLEY_RUN", impossible, "TMPDIR", tmp.toString()), unpacked);
      assertThat(tmp.resolve("parley-crash-" + pid + ".log")).isNotEmptyFile();
      assertThat(Installation.in(work)).isEmpty();
    }
  }

  @Test
  void aClientsReportIsInTheFolderForTemporaryFiles() throws Exception {
    Installation unpacked = new Installation(home, "sh");
    try (ServerProcess server = ServerProcess.start()) {
      Process client =
          Programs.builder(
                  Map.of("TMPDIR", tmp.toString(), "PARLEY_ENDPOINT", server.endpoint() + ""),
                  work,
                  unpacked.command("hello-client.sh", "-"))
              .start();
      client.getOutputStream().write("Ada\n".getBytes());
      client.getOutputStream().flush();
      assertThat(client.inputReader().readLine()).isEqualTo("Hello, Ada!");
      crash(client);
      assertThat(Installation.in(tmp)).contains("parley-crash-" + client.pid() + ".log");
      assertThat(Installation.in(work)).isEmpty();
      assertThat(home.resolve("run")).doesNotExist();
    }
  }

  /**
   * A crash of the compiler leaves a second report. Each JVM that a script starts sets both places.
   */
  @Test
  void allReportsOfEachJvmHaveTheirPlace() throws Exception {
    Path run = Files.createDirectory(temp.resolve("run folder"));
    Path folder = run.toRealPath();
    Path mvn = Files.createDirectory(temp.resolve("tools"));
    executable(mvn.resolve("mvn"), "echo \"$MAVEN_OPTS\" >>\"$TEST_MAVEN\"");
    Path jvms = temp.resolve("jvms");
    Path maven = temp.resolve("maven");
    Map<String, String> environment =
        new HashMap<>(
            withJava(
                temp.resolve("jdk"),
                "printf '%s|' \"$@\" >>\"$TEST_JVMS\"; echo >>\"$TEST_JVMS\"; exit 9"));
    environment.put("PATH", mvn + ":" + System.getenv("PATH"));
    environment.put("PARLEY_RUN", run + "");
    environment.put("TMPDIR", tmp + "");
    environment.put("TEST_JVMS", jvms + "");
    environment.put("TEST_MAVEN", maven + "");
    for (String shell : List.of("dash", "bash")) {
      Installation unpacked = new Installation(home, shell);
      for (List<String> command :
          List.of(
              unpacked.command("start-server.sh"),
              unpacked.command("start-server.sh", "--daemon"),
              unpacked.command("hello-client.sh"),
              unpacked.command("new-protocol.sh", "line-echo", "com.example", shell))) {
        unpacked.deleteArchive();
        Files.deleteIfExists(jvms);
        Programs.run(environment, "", work, command);
        assertThat(Files.readAllLines(jvms))
            .as("%s", command)
            .hasSize(2) // the first one makes the class-data archive
            .allSatisfy(
                options ->
                    assertThat(options)
                        .contains("|-XX:ErrorFile=" + folder + "/crash-%p.log|")
                        .contains("|-XX:ReplayDataFile=" + folder + "/crash-replay-%p.log|"));
      }
    }
    assertThat(Files.readAllLines(maven)) // Maven splits its options at spaces
        .hasSize(4) // each project needs Parley and its proving kit
        .allMatch(options -> options.indexOf("ErrorFile") == options.lastIndexOf("ErrorFile"))
        .allMatch(
            options ->
                options.endsWith(
                    " -XX:ErrorFile=/tmp/parley-crash-%p.log"
                        + " -XX:ReplayDataFile=/tmp/parley-crash-replay-%p.log"));
    Files.delete(maven);
    environment.put("PARLEY_RUN", tmp + "");
    Installation unpacked = new Installation(home, "sh");
    unpacked.run(environment, work, "new-protocol.sh", "line-echo", "com.example", "other");
    assertThat(Files.readString(maven))
        .endsWith(
            " -XX:ErrorFile=%1$s/crash-%%p.log -XX:ReplayDataFile=%1$s/crash-replay-%%p.log\n"
                .formatted(tmp.toRealPath()));
  }

  /** This includes the clone's commands, some of which build for a long time. */
  @Test
  void onePlaceStartsAJvm() throws Exception {
    List<Path> scripts = new ArrayList<>();
    for (String each : List.of("run.sh", "jmh.sh")) {
      scripts.add(Programs.HOME.resolve("src/bench").resolve(each));
    }
    for (String each : Installation.in(Programs.HOME.resolve("bin"))) {
      scripts.add(Programs.HOME.resolve("bin").resolve(each));
    }
    List<String> starts = new ArrayList<>();
    for (Path script : scripts) {
      Files.readAllLines(script).stream()
          .map(String::strip)
          .filter(line -> line.matches("(?!echo ).*(\"\\$java\"|\\bmvn) -.*"))
          .forEach(line -> starts.add(script.getFileName() + ": " + line));
    }
    assertThat(starts).hasSize(2).allMatch(line -> line.startsWith("parley.sh: "));
  }

  @Test
  void aCheckMakesNoFolder() throws Exception {
    Installation unpacked = new Installation(home, "sh");
    for (String option :
        List.of("--check-config", "--print-config", "--print-chain", "--help", "--version")) {
      Result checked = unpacked.run(Map.of(), work, "start-server.sh", option);
      assertThat(checked.code()).as(option).isZero();
      assertThat(home.resolve("run")).doesNotExist();
    }
  }
}
