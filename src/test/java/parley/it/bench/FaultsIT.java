package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.testing.Programs.Result;

/** Injects each fault of bin/faults.sh into Parley as shipped; Parley must hold each. */
class FaultsIT {

  private static final List<Result> HALVES = new ArrayList<>();

  /** Two processes inject faults in parallel, each fault into its own server. */
  @BeforeAll
  @Timeout(value = 20, unit = TimeUnit.MINUTES) // on a machine that may be busy
  static void inject() throws Exception {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux"); // the kernel's tables in /proc
    Bench.build();
    List<CompletableFuture<Result>> running = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      List<String> command = new ArrayList<>(List.of(script("faults.sh")));
      List<String> names = names();
      for (int i = half; i < names.size(); i += 2) {
        command.add(names.get(i));
      }
      running.add(CompletableFuture.supplyAsync(() -> ended(command)));
    }
    for (CompletableFuture<Result> each : running) {
      HALVES.add(each.get());
    }
  }

  private static Result ended(List<String> command) {
    try {
      return run(command.toArray(String[]::new));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String output() {
    return HALVES.stream().map(each -> each.out() + each.err()).collect(Collectors.joining());
  }

  static List<String> names() throws Exception {
    return run(script("faults.sh"), "--list")
        .out()
        .lines()
        .map(line -> line.split(" ")[0])
        .toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void isHeld(String fault) {
    assertThat(output()).containsPattern("(?m)^" + fault + " +parley +held ");
  }

  @Test
  void theExitCodeShowsThatAllHeld() {
    assertThat(HALVES).as(output()).allSatisfy(half -> assertThat(half.code()).isZero());
    assertThat(HALVES)
        .as(output())
        .allSatisfy(half -> assertThat(half.err()).doesNotContain("\r", " left"));
  }

  @Test
  void aShortSoakLosesNothing() throws Exception {
    Result result = run(script("soak.sh"), "0.3", "7");
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("lost or swapped=0", "PASSED");
    assertThat(result.err()).isEmpty(); // progress is for terminals
  }

  @Test
  void progressIsOneLineOfATerminal() throws Exception {
    Result faults = Bench.onATerminal("faults.sh", "reset-in-request", "unfinished-line");
    assertThat(faults.out())
        .matches(
            "(?s)1 of 2: reset-in-request on parley\\r +\\rreset-in-request +parley +held .*\\n"
                + "2 of 2: unfinished-line on parley, about \\d+ [a-z]+ left\\r +\\r"
                + "unfinished-line +parley +held .*")
        .doesNotContain("\033");
    Result soak = Bench.onATerminal("soak.sh", "0.05", "7");
    assertThat(soak.out())
        .containsPattern("\nsoak: about \\d s left\\r +\\r")
        .containsPattern("\\r +\\rfaults injected: ")
        .doesNotContain("\033");
  }

  @Test
  void badArgumentsAreNamed() throws Exception {
    assertThat(run(script("faults.sh"), "nothing"))
        .isEqualTo(new Result(2, "", "fault: nothing (see faults.sh --list)\n"));
    assertThat(run(script("faults.sh"), "--servers", "iis").err())
        .startsWith("server: iis (expected: [parley, mina,");
    assertThat(run(script("soak.sh"), "long").code()).isEqualTo(2);
  }
}
