package bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The works that a command line requests, and their rate. */
class OptionsTest {

  private static Options options(String line) {
    return new Options(line.split(" "));
  }

  private static List<String> works(String line) {
    return options(line).works().stream().map(Work::name).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "--rate 64x1, 0",
    "--rate auto 64x1, 0",
    "64x1 --rate, 0",
    "--rate --tls 64x1, 0",
    "--rate 50000 64x1, 50000",
  })
  void theRatesValueMayBeMissing(String line, double rate) {
    assertTrue(options(line).atOneRate);
    assertEquals(rate, options(line).rate);
    assertEquals(List.of("64x1", "open-common-64x1"), works(line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rate 0", "--rate 5000001", "--rate 1.2.3"})
  void aRateThatIsOutOfRangeIsRefused(String line) {
    var refused = assertThrows(IllegalArgumentException.class, () -> options(line));
    assertEquals(
        "--rate: " + line.split(" ")[1] + " (expected: 1 to 5000000)", refused.getMessage());
  }

  @Test
  void onlyClosedLoopsGetAnOpenOne() {
    assertEquals(
        List.of("64x16", "open-64x16", "connects", "64x1-4KiB", "open-common-64x1-4KiB", "idle-50"),
        works("--rate open-64x16 connects 64x1-4KiB idle-50"));
    assertEquals(List.of("64x1", "64x16"), works("64x1 64x16"));
  }

  @Test
  void theHelpHasTheWorksWithoutFull() throws IOException {
    String help = Files.readString(Path.of("../../bin/bench.sh"));
    assertTrue(help.contains("\nWorks, without --full: " + String.join(" ", Work.SHORT) + ".\n"));
  }

  @Test
  void anIdleConnectionMayHaveAskedOnce() {
    assertEquals("idle 9123 15000 0", Work.of("idle-15000").command(9123, 1, 1));
    assertEquals("idle 9123 15000 1", Work.of("idle-asked-15000").command(9123, 1, 1));
  }
}
