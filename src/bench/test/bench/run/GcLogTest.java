package bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pauses are found in the GC logs of each collector, once each. */
class GcLogTest {

  private static Map<String, Double> figures(String... lines) {
    return GcLog.figures(Stream.of(lines), 1_000_000_000);
  }

  private static Map<String, Double> expected(double count, double p50, double max, double share) {
    return Map.of("gc-pauses", count, "gc-p50-us", p50, "gc-max-us", max, "gc-percent", share);
  }

  @Test
  void parallel() {
    assertEquals(
        expected(3, 5000, 13_000, 2),
        figures(
            "[2.1s][info][gc,start    ] GC(0) Pause Young (Allocation Failure)",
            "[2.1s][info][gc,heap     ] GC(0) PSYoungGen: 262144K(305664K)->544K(305664K)",
            "[2.1s][info][gc          ] GC(0) Pause Young (Allocation Failure) 256M->1M(981M) 5.000ms",
            "[2.1s][info][gc,cpu      ] GC(0) User=0.00s Sys=0.00s Real=0.01s",
            "[3.1s][info][gc          ] GC(1) Pause Young (Allocation Failure) 257M->1M(981M) 2.000ms",
            "[4.1s][info][gc,start    ] GC(2) Pause Full (System.gc())",
            "[4.1s][info][gc,phases   ] GC(2) Marking Phase 3.003ms",
            "[4.1s][info][gc          ] GC(2) Pause Full (System.gc()) 1M->1M(981M) 13.000ms"));
  }

  @Test
  void g1() {
    assertEquals(
        expected(2, 2000, 3000, 0.4),
        figures(
            "[1.1s][info][gc,start    ] GC(0) Pause Young (Normal) (G1 Evacuation Pause)",
            "[1.1s][info][gc,phases   ] GC(0)   Evacuate Collection Set: 0.9ms",
            "[1.1s][info][gc          ] GC(0) Pause Young (Normal) (G1 Evacuation Pause)"
                + " 24M->2M(256M) 1.000ms",
            "[1.2s][info][gc          ] GC(1) Concurrent Mark Cycle 7.900ms",
            "[1.2s][info][gc          ] GC(1) Pause Remark 45M->45M(256M) 3.000ms"));
  }

  @Test
  void zgc() {
    assertEquals(
        expected(1, 8, 8, 0.0008),
        figures(
            "[0.9s][info][gc,phases   ] GC(0) Pause Mark Start 0.008ms",
            "[0.9s][info][gc,phases   ] GC(0) Concurrent Mark 5.012ms",
            "[0.9s][info][gc          ] GC(0) Garbage Collection (Warmup) 106M(10%)->8M(1%)"));
  }

  @Test
  void withoutPausesAllIsZero() {
    assertEquals(expected(0, 0, 0, 0), figures("[0.1s][info][gc,init] Heap Max Capacity: 1G"));
  }

  @Test
  void onlyLinesLoggedSinceBeginCount(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("made/parley.log");
    GcLog log = new GcLog(file);
    Files.writeString(file, "GC(0) Pause Young (Allocation Failure) 256M->1M(981M) 9.000ms\n");
    log.begin();
    assertEquals(expected(0, 0, 0, 0), log.figures(1000));
    String more = "GC(1) Pause Young (Allocation Failure) 256M->1M(981M) 1.000ms\n";
    Files.writeString(file, Files.readString(file) + more);
    assertEquals(expected(1, 1000, 1000, 50), log.figures(2_000_000));
  }

  @Test
  void theJvmGetsTheFile(@TempDir Path folder) throws Exception {
    String option = new GcLog(folder.resolve("parley.log")).option();
    assertTrue(option.startsWith("-Xlog:gc*:file=\"" + folder + "/parley.log\":"), option);
  }
}
