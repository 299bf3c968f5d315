package bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The report of an open loop: a row for each server, ratios for those that kept the rate. */
class ReportTest {

  private static final String WORK = "open-common-64x1";

  private final Results results = new Results(Path.of("unused"));

  private void add(Stack stack, double rate, double p999) {
    results.add(WORK, stack, 1, "rate", rate);
    results.add(WORK, stack, 1, "p999-us", p999);
    results.add(WORK, stack, 1, "asked-rate", 10_000);
    results.add(WORK, stack, 1, "gc-percent", 0.75);
  }

  private String printed() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      new Report(results).print();
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aServerThatKeptTheRateIsCompared() {
    add(Stack.PARLEY, 9_900, 2_000);
    add(Stack.NETTY_NIO, 10_001, 4_000);
    add(Stack.MINA, 9_950, 8_000);
    String report = printed();
    assertTrue(report.matches("(?s).*p999-us +parley +0.50 netty-nio +- +0.25 .*"), report);
    assertTrue(
        report.matches("(?s).*\n parley +10,000 +9,900 +- +- +2,000( +-)+ +0.75\n.*"), report);
    assertFalse(report.contains("not kept"), report);
  }

  @Test
  void aServerThatDidNotKeepTheRateIsOnlyReported() {
    add(Stack.PARLEY, 10_000, 2_000);
    add(Stack.NETTY_NIO, 9_899, 1);
    add(Stack.NETTY_EPOLL, 10_000, 4_000);
    add(Stack.MINA, 5_000, 1);
    String report = printed();
    assertTrue(report.matches("(?s).*p999-us +parley +0.50 netty-epoll +- +- .*"), report);
    assertTrue(
        report.matches("(?s).*\n netty-nio +10,000 +9,899 .* rate not kept: not compared\n.*"),
        report);
    assertEquals(2, report.split("rate not kept", -1).length - 1, report);
  }

  @Test
  void formsThatDidNotKeepTheRateHaveNoRatio() {
    add(Stack.PARLEY, 5_000, 1);
    add(Stack.NETTY_NIO, 10_000, 4_000);
    assertFalse(printed().matches("(?s).*p999-us +parley +[0-9.]+ netty-nio.*"));
  }
}
