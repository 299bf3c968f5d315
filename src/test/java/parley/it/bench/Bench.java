package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The programs of src/bench, built and run as a user does. */
final class Bench {

  static final Path FOLDER = Programs.HOME.resolve("src/bench");

  private Bench() {}

  /** Builds it like bin/bench.sh, if the build is not current. */
  static void build() throws Exception {
    need("mvn");
    Result result = run(Programs.script("bench.sh"), "--list");
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.err()).doesNotContain("\033", "\r");
  }

  /**
   * Returns the command that runs a class below the package bench; a short run is mostly start-up.
   */
  static List<String> java(String main, String... args) {
    Path target = FOLDER.resolve("target");
    String classPath = target.resolve("classes") + File.pathSeparator + target.resolve("lib/*");
    List<String> command = new ArrayList<>(List.of(args));
    command.addAll(
        0,
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            "bench." + main));
    return command;
  }

  /** Runs a script in a pseudo-terminal, with both outputs there. */
  static Result onATerminal(String script, String... args) throws Exception {
    String command = Programs.script(script) + " " + String.join(" ", args);
    return run(need("script"), "-qec", command, "/dev/null");
  }

  /** A server on a free port. */
  static Listening serve(String main) throws IOException {
    return serve(java(main));
  }

  static Listening serve(List<String> command) throws IOException {
    Path err = Files.createTempFile("parley", ".err");
    Process process =
        Programs.builder(Map.of(), Path.of("/"), command).redirectError(err.toFile()).start();
    String line = process.inputReader().readLine();
    assertThat(line).as(Files.readString(err)).startsWith("listening ");
    Files.delete(err);
    return new Listening(process, line.split(" ")[1]);
  }

  record Listening(Process process, String port) implements AutoCloseable {

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }
}
