package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** Runs JMH benchmarks of src/bench/jmh: one of the shortest kind, and the full loop. */
class JmhIT {

  private static final String SCRIPT = Programs.HOME.resolve("src/bench/jmh.sh").toString();

  @BeforeAll
  static void canBuild() {
    need("mvn");
  }

  private static Result jmh(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT));
    command.addAll(List.of(arguments));
    // Nothing is measured here, so another JMH may run at the same time.
    Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-Djmh.ignoreLock=true");
    return run(environment, "", command.toArray(String[]::new));
  }

  @Test
  void aCodecBenchmarkAndTheLoopBenchmarkRun() throws Exception {
    String briefly = "-wi 0 -i 1 -r 50ms -foe true -p inOneRead=16 -p bytes=16 -p depth=16";
    Result result = jmh((briefly + " LineDecoding.parley Loop.request").split(" "));
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.err()).doesNotContain("\033", "\r");
    assertThat(result.out())
        .containsPattern("LineDecoding.parley .* ns/op")
        .containsPattern("LineDecoding.parley:gc.alloc.rate.norm .* B/op")
        .containsPattern("Loop.request .* ANSWER_HANDLER .* ns/op")
        .containsPattern("Loop.request .* IO_HANDLER .* ns/op");
  }

  @Test
  void theBenchmarksAreListed() throws Exception {
    assertThat(jmh("-l").out())
        .contains("bench.jmh.LineDecoding.mina", "bench.jmh.LineDecoding.netty")
        .contains("bench.jmh.LineEncoding.parley", "bench.jmh.LengthFieldDecoding.nettySlices");
  }
}
