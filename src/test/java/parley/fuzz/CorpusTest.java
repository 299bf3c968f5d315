package parley.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tries the seeds and the inputs that fuzzing has found again: {@code src/test/resources/fuzz}. */
class CorpusTest {

  static final Path CORPUS = Path.of("src/test/resources/fuzz").toAbsolutePath();

  /** Returns the inputs of a target. */
  static List<Path> of(String target) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
      return files.sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> eachInputOfEachTarget() throws IOException {
    Stream<DynamicTest> all = Stream.empty();
    for (String target : Targets.names()) {
      List<Path> inputs = of(target);
      assertThat(inputs).as(target).isNotEmpty();
      all = Stream.concat(all, inputs.stream().map(input -> test(target, input)));
    }
    return all;
  }

  private static DynamicTest test(String target, Path input) {
    return DynamicTest.dynamicTest(
        target + ", " + input.getFileName(),
        () -> Targets.named(target).fuzz(Files.readAllBytes(input)));
  }
}
