package parley.it.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Installation.executable;
import static parley.testing.Installation.withJava;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Await;
import parley.testing.Installation;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** A signal while a script is still running, also as process 1 of a container. */
class SignalsIT {

  private static final List<String> AS_PROCESS_1 =
      List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");

  /** Prints its pid, in its namespace, and continues until a signal. */
  private static final String GO_ON = "echo $$ >\"$TEST_PID\"; exec sleep 1000";

  @TempDir private static Path unpacked;
  private static List<Installation> installations;

  @TempDir private Path temp;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void unpack() throws Exception {
    installations = Installation.all(unpacked);
  }

  @AfterEach
  void endAll() throws IOException {
    for (Process each : started) {
      List<ProcessHandle> all = new ArrayList<>(each.descendants().toList());
      all.add(each.toHandle());
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(one -> one.onExit().join());
    }
    for (Installation each : installations) {
      each.deleteArchive();
    }
  }

  private static void needProcess1() throws Exception {
    Programs.need("unshare");
    List<String> command = new ArrayList<>(AS_PROCESS_1);
    command.add("true");
    Result may = Programs.run(Map.of(), "", Path.of("/"), command);
    assumeThat(may.code()).as(may.err()).isZero();
  }

  private Process start(Map<String, String> environment, List<String> command) throws IOException {
    Process process =
        Programs.builder(environment, temp, command)
            .redirectOutput(temp.resolve("out").toFile())
            .redirectError(temp.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String err() throws IOException {
    return Files.readString(temp.resolve("err"));
  }

  /** Waits until a file has a line. */
  private void awaitLine(Process process, String file, String line) {
    Path path = temp.resolve(file);
    Await.until(
        file,
        process,
        temp.resolve("err"),
        () -> Files.exists(path) && Files.readString(path).contains(line));
  }

  private static List<String> asProcess1(List<String> command) {
    List<String> all = new ArrayList<>(AS_PROCESS_1);
    all.addAll(withSignals(command));
    return all;
  }

  /** A build in the background ignores INT, one under nohup HUP; a script cannot undo that. */
  private static List<String> withSignals(List<String> command) {
    List<String> all = new ArrayList<>(List.of("env", "--default-signal=INT,HUP,TERM"));
    all.addAll(command);
    return all;
  }

  /** Signals the script itself; under unshare it is the child. */
  private static void signal(Process process, boolean isProcess1, String name) throws Exception {
    ProcessHandle script =
        isProcess1 ? process.children().findFirst().orElseThrow() : process.toHandle();
    assertThat(Programs.run("kill", "-" + name, script.pid() + "").code()).isZero();
  }

  /** Ends the script by a signal while its child runs; no process or file of the script is left. */
  private void endsWith(
      String signal, int code, Map<String, String> java, List<String> command, boolean isProcess1)
      throws Exception {
    Map<String, String> environment = new HashMap<>(java);
    environment.put("TEST_PID", temp.resolve("pid").toString());
    environment.put("PARLEY_RUN", temp.resolve("run").toString());
    Process script = start(environment, isProcess1 ? asProcess1(command) : withSignals(command));
    awaitLine(script, "pid", "\n");
    List<ProcessHandle> children = script.descendants().toList();
    assertThat(children).isNotEmpty();
    signal(script, isProcess1, signal);
    assertThat(script.waitFor()).as("%s %s", signal, command).isEqualTo(code);
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    Files.delete(temp.resolve("pid"));
  }

  private static List<List<String>> commands(Installation each) {
    return List.of(
        each.command("start-server.sh"),
        each.command("start-server.sh", "--daemon"),
        each.command("hello-client.sh"),
        each.command("new-protocol.sh", "line-echo", "com.example", "nowhere"));
  }

  /** This java leaves an incomplete archive, like a JVM that ends while it writes one. */
  @Test
  void whileTheArchiveIsMade() throws Exception {
    needProcess1();
    Map<String, String> java =
        withJava(
            temp.resolve("jdk"),
            "for each in \"$@\"; do case $each in -XX:ArchiveClassesAtExit=*)"
                + " echo half >\"${each#*=}\" ;; esac; done; "
                + GO_ON);
    for (Installation each : installations) {
      for (List<String> command : commands(each)) {
        endsWith("TERM", 143, java, command, false);
        endsWith("TERM", 143, java, command, true);
        endsWith("INT", 130, java, command, true);
        endsWith("HUP", 129, java, command, false);
        assertThat(each.archives()).as("%s", command).isEmpty();
      }
    }
  }

  /** The kernel drops signals that process 1 does not handle, as Java in its first moments. */
  @Test
  void asProcess1BeforeJavaHandlesSignals() throws Exception {
    needProcess1();
    Map<String, String> java =
        withJava(temp.resolve("jdk"), "case \"$*\" in *Rehearsal*) exit 1 ;; esac; " + GO_ON);
    for (Installation each : installations) {
      for (String script : List.of("start-server.sh", "hello-client.sh")) {
        endsWith("TERM", 143, java, each.command(script), true);
      }
    }
  }

  @Test
  void whileTheScriptWaitsForADaemon() throws Exception {
    Map<String, String> java =
        withJava(temp.resolve("jdk"), "case \"$*\" in *Rehearsal*) exit 1 ;; esac; " + GO_ON);
    for (Installation each : installations) {
      endsWith("TERM", 143, java, each.command("start-server.sh", "--daemon"), false);
    }
  }

  /** A clone that is not built, with an mvn that keeps running. */
  @Test
  void whileItIsBuilt() throws Exception {
    needProcess1();
    Path clone = Files.createDirectories(temp.resolve("clone"));
    for (String each : List.of("bin", "src", "conf", "pom.xml")) {
      Files.createSymbolicLink(clone.resolve(each), Programs.HOME.resolve(each));
    }
    // The scripts find their home by their own folder.
    Files.delete(clone.resolve("bin"));
    Files.createDirectory(clone.resolve("bin"));
    for (String each : Installation.in(Programs.HOME.resolve("bin"))) {
      Files.copy(Programs.HOME.resolve("bin").resolve(each), clone.resolve("bin").resolve(each));
    }
    Path tools = Files.createDirectory(temp.resolve("tools"));
    executable(tools.resolve("mvn"), GO_ON);
    Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"));
    for (String shell : List.of("dash", "bash")) {
      for (List<String> command : commands(new Installation(clone, shell))) {
        endsWith("TERM", 143, path, command, false);
        endsWith("TERM", 143, path, command, true);
      }
      List<String> bench = new Installation(clone, shell).command("bench.sh");
      endsWith("TERM", 143, path, bench, false);
    }
  }

  /** The signal comes while Maven installs Parley's jar into the local repository. */
  @Test
  void whileMavenInstalls() throws Exception {
    Path tools = Files.createDirectory(temp.resolve("tools"));
    executable(tools.resolve("mvn"), GO_ON);
    Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"));
    for (Installation each : installations) {
      List<String> command = each.command("new-protocol.sh", "line-echo", "com.example", "nowhere");
      endsWith("TERM", 143, path, command, false);
      assertThat(temp.resolve("nowhere")).doesNotExist();
    }
  }

  @Test
  @Tag("smoke")
  void process1DrainsAndAnswersTheClientOfItsStandardInput() throws Exception {
    needProcess1();
    for (Installation each : installations) {
      Process server =
          start(Map.of(), asProcess1(each.command("start-server.sh", Installation.FREE)));
      awaitLine(server, "out", "\n");
      String endpoint = Files.readString(temp.resolve("out")).split(" ")[1];
      List<String> client =
          asProcess1(each.command("hello-client.sh", "--endpoint", endpoint, "-"));
      assertThat(Programs.run(Map.of(), "Ada\nLin\n", temp, client))
          .isEqualTo(new Result(0, "Hello, Ada!\nHello, Lin!\n", ""));
      signal(server, true, "TERM");
      assertThat(server.waitFor()).as(err()).isZero();
      assertThat(err()).contains("drained: sessions_cut=0");
      Files.delete(temp.resolve("out"));
    }
  }

  /** The exit code is that of Java, here for an invalid conf. */
  @Test
  void process1EndsAsJavaEnds() throws Exception {
    needProcess1();
    for (Installation each : installations) {
      List<String> command =
          asProcess1(each.command("start-server.sh", "--set", "nothing=1", "--check-config"));
      assertThat(Programs.run(Map.of(), "", temp, command).code()).isEqualTo(78);
    }
  }
}
