package parley.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Programs;

/**
 * Jazzer, starting with the seed corpus: a fixed number of runs with a fixed seed over all targets.
 * If {@code fuzz.seconds} is set, it fuzzes each target for that time, or only the target of {@code
 * fuzz.target}. A failing input is stored next to the seeds, where {@link CorpusTest} finds it.
 */
class FuzzIT {

  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 0);
  private static final String ONLY = System.getProperty("fuzz.target", "");
  private static final int RUNS = 800;

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> fuzz() {
    if (SECONDS == 0) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "all",
              () ->
                  run(
                      Targets.names(),
                      "-runs=" + RUNS,
                      "-seed=1",
                      "-max_len=200",
                      "-len_control=1")));
    }
    return Targets.names().stream()
        .filter(name -> ONLY.isEmpty() || name.equals(ONLY))
        .map(name -> DynamicTest.dynamicTest(name, () -> run(List.of(name), longRun())));
  }

  private static String[] longRun() {
    return new String[] {"-max_total_time=" + SECONDS, "-max_len=1000", "-print_final_stats=1"};
  }

  private void run(List<String> targets, String... limits) throws Exception {
    Path folder = Files.createDirectories(temp.resolve(String.join("-", targets)));
    Path logs = Files.createDirectories(Path.of("target/fuzz").toAbsolutePath());
    Path log = logs.resolve((targets.size() == 1 ? targets.get(0) : "all") + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Targets.class.getName(),
                "--target_args=" + String.join(" ", targets),
                "--instrumentation_includes=parley.codec.**:parley.cli.**:parley.endpoint.**"
                    + ":parley.protocol.**:parley.internal.**:com.typesafe.config.**:example.**",
                "--custom_hook_includes=parley.**:com.typesafe.config.**:example.**",
                // A conf may include any file, because its author starts the server.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.FilePathTraversal",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/found-"));
    if (targets.size() > 1) {
      command.add(1, "-XX:TieredStopAtLevel=1"); // it ends before a higher tier would pay off
    }
    command.addAll(Arrays.asList(limits));
    command.add(seeds(targets, Files.createDirectory(folder.resolve("corpus"))));
    Process process =
        Programs.builder(Map.of(), folder, command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int code = process.waitFor();
    List<Path> kept = keep(targets, folder);
    if (code != 0 || !kept.isEmpty()) {
      fail("Jazzer ended with %s, found %s:%n%s", code, kept, Files.readString(log));
    }
    assertThat(log).content().contains("Done ");
  }

  /** Copies the corpus, with a first byte in each input that selects its target. */
  private static String seeds(List<String> targets, Path folder) throws IOException {
    for (int i = 0; i < targets.size(); i++) {
      for (Path seed : CorpusTest.of(targets.get(i))) {
        byte[] bytes = Files.readAllBytes(seed);
        byte[] input = new byte[1 + bytes.length];
        input[0] = (byte) i;
        System.arraycopy(bytes, 0, input, 1, bytes.length);
        Files.write(folder.resolve(i + "-" + seed.getFileName()), input);
      }
    }
    return folder.toString();
  }

  private static List<Path> keep(List<String> targets, Path folder) throws IOException {
    List<Path> kept = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path found :
          files.filter(f -> f.getFileName().toString().startsWith("found-")).toList()) {
        byte[] bytes = Files.readAllBytes(found);
        if (bytes.length > 0) {
          String target = targets.get((bytes[0] & 0xFF) % targets.size());
          Path input = CorpusTest.CORPUS.resolve(target).resolve(found.getFileName());
          kept.add(Files.write(input, Arrays.copyOfRange(bytes, 1, bytes.length)));
        }
      }
    }
    return kept;
  }
}
