package parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static parley.Programs.run;
import static parley.Programs.script;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.Programs.Result;

/** Each fault of bin/faults.sh is injected into Parley as it is shipped; each must be held. */
class FaultsIT {

  private static Result all;

  /** One process injects them all, each into a server of its own. */
  @BeforeAll
  @Timeout(value = 20, unit = TimeUnit.MINUTES) // on a machine that may be busy
  static void inject() throws Exception {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux"); // the kernel's tables in /proc
    Bench.build();
    all = run(script("faults.sh"));
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
    assertThat(all.out()).as(all.err()).containsPattern("(?m)^" + fault + " +parley +held ");
  }

  @Test
  void theExitCodeSaysThatAllAreHeld() {
    assertThat(all.code()).as(all.out() + all.err()).isZero();
  }

  @Test
  void aShortSoakLosesNothing() throws Exception {
    Result result = run(script("soak.sh"), "0.3", "7");
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("lost or swapped=0", "PASSED");
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
