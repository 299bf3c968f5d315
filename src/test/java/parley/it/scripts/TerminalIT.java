package parley.it.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Installation.executable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.Await;
import parley.testing.Installation;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** The output of the scripts on a terminal, and their build's output in a pipe. */
class TerminalIT {

  private static final Pattern SECONDS = Pattern.compile("\rbuilding parley: (\\d+) s");
  private static final String COLOUR = "\033\\[[0-9;]*m";

  @TempDir private Path temp;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    for (Process each : started) {
      List<ProcessHandle> all = new ArrayList<>(each.descendants().toList());
      all.add(each.toHandle());
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(one -> one.onExit().join());
    }
  }

  /** A clone with ten classes that is not built, and an mvn that fails when the test lets it. */
  private Map<String, String> unbuilt() throws IOException {
    Path clone = Files.createDirectory(temp.resolve("clone"));
    Files.createFile(clone.resolve("pom.xml"));
    Path sources = Files.createDirectories(clone.resolve("src/main/java"));
    for (char each = 'A'; each <= 'J'; each++) {
      Files.createFile(sources.resolve(each + ".java"));
    }
    Files.createDirectory(clone.resolve("bin")); // the scripts find their home by their own folder
    for (String each : Installation.in(Programs.HOME.resolve("bin"))) {
      Files.copy(Programs.HOME.resolve("bin").resolve(each), clone.resolve("bin").resolve(each));
    }
    Path tools = Files.createDirectory(temp.resolve("tools"));
    executable(
        tools.resolve("mvn"),
        "until [ -e \"$TEST_GO\" ]; do sleep 0.1; done; echo \"[ERROR] $MAVEN_OPTS $*\"; exit 1");
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", tools + ":" + System.getenv("PATH"));
    environment.put("TEST_GO", temp.resolve("go").toString());
    return environment;
  }

  private Process onATerminal(Map<String, String> environment, String command) throws IOException {
    Programs.need("script");
    // A terminal without a width has no place for a prompt. A build in the background ignores INT.
    String withInt = "stty cols 80 rows 24; exec env --default-signal=INT " + command;
    Process process =
        Programs.builder(environment, temp, List.of("script", "-qec", withInt, "/dev/null"))
            .redirectOutput(temp.resolve("out").toFile())
            .redirectError(temp.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String out() throws IOException {
    return Files.readString(temp.resolve("out"));
  }

  private void await(Process process, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    Await.until(pattern, process, temp.resolve("out"), () -> compiled.matcher(out()).find());
  }

  /** Returns the seconds that the line of the build showed last; -1 before the first line. */
  private int seconds() throws IOException {
    int seconds = -1;
    Matcher line = SECONDS.matcher(out());
    while (line.find()) {
      seconds = Integer.parseInt(line.group(1));
    }
    return seconds;
  }

  /** Waits until the line has shown the present state of the build for a second. */
  private void awaitSeconds(Process process) throws IOException {
    int until = seconds() + 3;
    Await.until(until + " s", process, temp.resolve("out"), () -> seconds() >= until);
  }

  private void compile(String... names) throws IOException {
    Path classes = Files.createDirectories(temp.resolve("clone/target/classes"));
    for (String each : names) {
      Files.createFile(classes.resolve(each + ".class"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash"})
  void aBuildOnATerminalShowsTheTimeLeftInOneLine(String shell) throws Exception {
    Map<String, String> environment = unbuilt();
    Process start = onATerminal(environment, Programs.need(shell) + " clone/bin/start-server.sh");
    awaitSeconds(start);
    compile("A", "A$1", "package-info");
    awaitSeconds(start);
    assertThat(out()).doesNotContain("left"); // the pace is not known yet
    compile("B");
    await(start, "\rbuilding parley: \\d+ s, about \\d+ s left ");
    Files.createFile(temp.resolve("go"));
    assertThat(start.waitFor()).isEqualTo(70);
    assertThat(out())
        .doesNotContain("\033")
        .containsPattern(
            "\r {60}\r\\[ERROR\\] .* -Djansi.noreset=true .* -q -B -Dstyle.color=never -Pquick"
                + " package\r\ncannot build parley: see the lines above\r\n$");
    assertThat(temp.resolve("clone/target/.build-output")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash"})
  void ctrlCEndsABuildOnATerminal(String shell) throws Exception {
    Map<String, String> environment = unbuilt();
    Process start = onATerminal(environment, Programs.need(shell) + " clone/bin/start-server.sh");
    awaitSeconds(start);
    List<ProcessHandle> all = start.descendants().toList();
    start.getOutputStream().write("\003".getBytes());
    start.getOutputStream().flush();
    assertThat(start.waitFor()).isEqualTo(130);
    all.forEach(each -> each.onExit().join());
    assertThat(temp.resolve("clone/target/.build-output")).doesNotExist();
  }

  @Test
  void aBuildInAPipeIsOneLine() throws Exception {
    Map<String, String> environment = unbuilt();
    Files.createFile(temp.resolve("go"));
    Result result = Programs.run(environment, "", temp, List.of("sh", "clone/bin/start-server.sh"));
    assertThat(result.code()).isEqualTo(70);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .matches(
            "building parley ...\n\\[ERROR\\] .* -Djansi.noreset=true .* -Pquick package\n"
                + "cannot build parley: see the lines above\n");
  }

  /** In a clone that is not built, these build Parley first and then their own project. */
  @ParameterizedTest
  @ValueSource(strings = {"bench.sh", "faults.sh", "soak.sh 1"})
  void aBenchCommandBuildsTwoProjects(String command) throws Exception {
    Map<String, String> environment = unbuilt();
    Path bench =
        Files.createDirectories(temp.resolve("clone/src/bench/java/bench")).resolve("../..");
    Files.createFile(bench.resolve("pom.xml"));
    Files.copy(Programs.HOME.resolve("src/bench/run.sh"), bench.resolve("run.sh"));
    executable(
        temp.resolve("tools/mvn"),
        "[ \"${PWD##*/}\" = clone ] || exit 1;"
            + " mkdir -p target/lib; touch target/lib/parley-1-cli.jar target/lib/.built");
    Result result =
        Programs.run(environment, "", temp, List.of("sh", "-c", "exec sh clone/bin/" + command));
    assertThat(result.err())
        .isEqualTo(
            """
            building parley ...
            building src/bench ...
            cannot build src/bench: see the lines above
            """);
    assertThat(result.code()).isEqualTo(70);
  }

  /** No command colours anything, so that NO_COLOR has nothing to turn off. */
  @Test
  void nothingIsColoured() throws Exception {
    Map<String, String> environment = Map.of("TERM", "xterm-256color");
    Process server =
        onATerminal(
            environment,
            Programs.script("start-server.sh")
                + " --set listeners.greeting.endpoint=tcp://127.0.0.1:0");
    await(server, "(?m)^listening ");
    server.getOutputStream().write("\003".getBytes());
    server.getOutputStream().flush();
    assertThat(server.waitFor()).isZero();
    assertThat(out()).contains(" INFO ", "drained: ").doesNotContain("\033");

    try (ServerProcess greeting = ServerProcess.start()) {
      Process prompt =
          onATerminal(
              Map.of("TERM", "xterm-256color", "JAVA_OPTS", "-Duser.home=" + temp),
              Programs.script("hello-client.sh") + " -i --endpoint " + greeting.endpoint());
      await(prompt, "name> ");
      prompt.getOutputStream().write("Ada\r".getBytes());
      prompt.getOutputStream().flush();
      await(prompt, "(?s)Hello, Ada!.*name> "); // before the prompt, the terminal takes ^D itself
      prompt.getOutputStream().write("\004".getBytes());
      prompt.getOutputStream().flush();
      assertThat(prompt.waitFor()).isZero();
      assertThat(out()).doesNotContainPattern(COLOUR);
    }
  }
}
