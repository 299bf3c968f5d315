package parley.testing;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Runs outside programs: Parley's scripts, nc, a C compiler. */
public final class Programs {

  /** The checkout. */
  public static final Path HOME = Path.of("").toAbsolutePath();

  /** The exit code and the output of a program. */
  public record Result(int code, String out, String err) {}

  /** Options for a JVM that spends most of its time on start-up. */
  private static final String QUICK = " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private Programs() {}

  /** Skips the test if a program is missing; fails it in CI. */
  public static String need(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return program;
      }
    }
    if (System.getenv("CI") != null) {
      fail(program + " is missing");
    }
    Assumptions.abort(program + " is missing");
    return program;
  }

  public static String script(String name) {
    return HOME.resolve("bin").resolve(name).toString();
  }

  public static Result run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), "", command);
  }

  public static Result run(Map<String, String> environment, String input, String... command)
      throws IOException, InterruptedException {
    return run(environment, input, Path.of("/"), List.of(command));
  }

  public static Result run(
      Map<String, String> environment, String input, Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("parley", ".out");
    Path err = Files.createTempFile("parley", ".err");
    try {
      Process process =
          builder(environment, folder, command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException endedBefore) {
        // the program did not read everything
      }
      return new Result(process.waitFor(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  public static ProcessBuilder builder(
      Map<String, String> environment, Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
    builder.environment().putAll(environment);
    builder.environment().merge("MAVEN_OPTS", QUICK, String::concat);
    return builder;
  }
}
