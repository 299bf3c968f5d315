package parley.it.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Markdown;
import parley.testing.Maven;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/**
 * The filter that CONTRIBUTING.md adds, step by step, to a copy of the clone, and a first start.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // two builds, on a machine that may be busy
class ContributingIT {

  @TempDir private Path temp;

  private static String listing(String kind, String word) throws IOException {
    return Markdown.listing(Programs.HOME.resolve("CONTRIBUTING.md"), kind, word);
  }

  /** Applies an edit of the page, which has one line of context. */
  private static void edit(Path clone, String file) throws Exception {
    Result applied =
        Programs.run(
            Map.of(),
            listing("diff", "a/" + file),
            clone,
            List.of("git", "apply", "--recount", "-C1"));
    assertThat(applied).as(file).isEqualTo(new Result(0, "", ""));
  }

  private static void addTest(Path test, String method) throws IOException {
    String source = Files.readString(test);
    Files.writeString(test, source.substring(0, source.lastIndexOf('}')) + "\n" + method + "}\n");
  }

  /** Other new keys do not conflict with the page's key. */
  @Test
  void theKeyOfThePageFitsAfterAnotherNewKey() throws Exception {
    Programs.need("git");
    String file = "src/main/java/parley/server/Limits.java";
    Path limits = temp.resolve("edited").resolve(file);
    Files.createDirectories(limits.getParent());
    String source = Files.readString(Programs.HOME.resolve(file));
    String neighbour = "          FRAMES_PER_TURN,\n";
    assertThat(source).containsOnlyOnce(neighbour);
    Files.writeString(limits, source.replace(neighbour, neighbour + "          ANOTHER,\n"));
    edit(temp.resolve("edited"), file);
    assertThat(Files.readString(limits))
        .contains("          ANOTHER,\n          FRAMES_PER_SESSION,\n          OUTBOUND_HIGH,\n");
  }

  @Test
  void theFilterOfThePageIsBuiltAndTested() throws Exception {
    Programs.need("git");
    Path clone = Checkout.copy(temp.resolve("clone"), "src/test");
    Path filter = clone.resolve("src/main/java/parley/internal/chain/FrameCountFilter.java");
    Files.writeString(filter, listing("java", "class FrameCountFilter"));
    edit(clone, "src/main/java/parley/protocol/FilterNames.java");
    edit(clone, "src/main/java/parley/internal/chain/FilterChains.java");
    edit(clone, "src/main/java/parley/server/Limits.java");
    edit(clone, "src/main/resources/parley/cli/reference.conf");
    edit(clone, "src/main/java/parley/server/Listener.java");
    addTest(
        clone.resolve("src/test/java/parley/server/LimitsTest.java"),
        listing("java", "framesBeyondTheLimit"));
    try (Maven maven = Maven.withoutParley()) {
      Result tested = maven.run(clone, "-Dtest=LimitsTest", "test");
      assertThat(tested.code()).as("%s", tested).isZero();
      String[] lines = listing("", "--print-chain").split("\n", 2);
      Result chain =
          Programs.run(
              maven.environment(),
              "",
              clone,
              List.of("sh", "-c", lines[0].substring("$ ".length())));
      assertThat(chain).isEqualTo(new Result(0, lines[1], "building parley ...\n"));
    }
  }
}
