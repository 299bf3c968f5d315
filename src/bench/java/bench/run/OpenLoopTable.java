package bench.run;

import bench.shared.AskedRate;
import java.util.List;
import java.util.Locale;

/** Prints a table of each open loop: rate, latency, allocation and GC pauses of each server. */
final class OpenLoopTable {

  private static final int WIDTH = 10;

  private record Column(String head, String metric, String format) {

    Column(String head, String metric) {
      this(head, metric, "%,.0f");
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("asked", AskedRate.METRIC),
          new Column("answered", "rate"),
          new Column("p50", "p50-us"),
          new Column("p99", "p99-us"),
          new Column("p99.9", "p999-us"),
          new Column("max", "max-us"),
          new Column("late p99.9", "late-p999-us"),
          new Column("alloc", "alloc-bytes"),
          new Column("GCs", "gc-pauses"),
          new Column("GC p50", "gc-p50-us"),
          new Column("GC max", "gc-max-us"),
          new Column("GC %", "gc-percent", "%.2f"));

  private final Results results;

  OpenLoopTable(Results results) {
    this.results = results;
  }

  void print() {
    results.works().stream().filter(each -> Work.of(each).isOpen()).forEach(this::print);
  }

  private void print(String work) {
    System.out.println(
        (work + ": medians; requests per second, latencies from when a request was due,")
            + " bytes per request, GC pauses per round; times in microseconds");
    StringBuilder heads = new StringBuilder(cell("server", -15));
    COLUMNS.forEach(each -> heads.append(cell(each.head, WIDTH)));
    System.out.println(heads);
    for (Stack each : Stack.values()) {
      if (results.of(work, each, AskedRate.METRIC).isPresent()) {
        System.out.println(row(work, each));
      }
    }
    System.out.println();
  }

  private String row(String work, Stack stack) {
    StringBuilder row = new StringBuilder(cell(stack.title, -15));
    for (Column each : COLUMNS) {
      String value =
          results
              .of(work, stack, each.metric)
              .map(spread -> String.format(Locale.ROOT, each.format, spread.median()))
              .orElse("-");
      row.append(cell(value, WIDTH));
    }
    return row + (results.keptRate(work, stack) ? "" : "  rate not kept: not compared");
  }

  /** Returns a text in a column: right-aligned, or left-aligned for a negative width. */
  private static String cell(String text, int width) {
    return String.format(" %" + width + "s", text);
  }
}
