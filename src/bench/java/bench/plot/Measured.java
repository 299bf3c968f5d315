package bench.plot;

import bench.shared.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of a run's measurements: a row for each server, medians with least and greatest. */
final class Measured {

  private static final String RATE = "rate";

  /** A column and the figures that it shows. */
  private record Column(String head, String work, String metric) {}

  private final Results results;
  private final List<Table> tables = new ArrayList<>();

  private Measured(Results results) {
    this.results = results;
  }

  /** Returns all tables that the results have figures for. */
  static List<Table> tables(Results results) {
    Measured measured = new Measured(results);
    for (String variant : Panels.variants(results)) {
      measured.rates(variant);
    }
    measured.works("Connections opened, greeted and closed per second", RATE, "connects");
    for (String work : Panels.openLoops(results)) {
      measured.latency(work);
    }
    measured.works("Heap of an idle connection, bytes", "heap-bytes", "");
    measured.works("Resident memory of an idle connection, bytes", "rss-bytes", "");
    measured.works("Bytes allocated per request", "alloc-bytes", "");
    return measured.tables;
  }

  private void rates(String variant) {
    String title = "Answers per second%s" + Work.words(variant);
    add(title.formatted(" over depth"), columns(Panels.byDepth(results, variant)));
    List<Work> overConnections = Panels.byConnections(results, variant);
    if (overConnections.size() > 1) {
      add(title.formatted(" over connections"), columns(overConnections));
    }
  }

  private static List<Column> columns(List<Work> works) {
    return works.stream()
        .map(
            work -> {
              String head =
                  String.format(Locale.ROOT, "%,d x %d", work.connections(), work.depth());
              return new Column(head, work.name(), RATE);
            })
        .toList();
  }

  /** Returns a table of the works, for metrics whose names begin with the prefix. */
  private void works(String title, String metric, String prefix) {
    List<Column> columns =
        results.works(metric).stream()
            .filter(work -> work.startsWith(prefix))
            .map(work -> new Column(work, work, metric))
            .toList();
    add(title, columns);
  }

  private void latency(String work) {
    List<Column> columns =
        Charts.PERCENTILES.stream()
            .map(each -> new Column(each.get(1), work, each.get(0)))
            .filter(column -> results.works(column.metric()).contains(work))
            .toList();
    add("Latency, " + Panels.openLoopWords(work) + ", microseconds", columns);
  }

  private void add(String title, List<Column> columns) {
    if (columns.isEmpty()) {
      return;
    }
    List<String> heads = new ArrayList<>(List.of("server"));
    columns.forEach(column -> heads.add(column.head()));
    List<List<String>> rows = new ArrayList<>();
    for (Stack stack : servers(columns)) {
      List<String> row = new ArrayList<>(List.of(stack.label()));
      columns.forEach(
          column ->
              row.add(
                  results
                      .of(column.work(), stack.name(), column.metric())
                      .map(Measured::cell)
                      .orElse("")));
      rows.add(row);
    }
    int rounds = results.rounds();
    String note = rounds == 1 ? "One round." : "Medians of " + rounds + " rounds (least to most).";
    tables.add(new Table(title, heads, rows, note));
  }

  private List<Stack> servers(List<Column> columns) {
    return columns.stream()
        .flatMap(each -> results.servers(List.of(each.work()), each.metric()).stream())
        .distinct()
        .sorted()
        .toList();
  }

  private static String cell(Spread each) {
    String median = number(each.median());
    boolean one = each.least() == each.most();
    return one ? median : median + " (" + number(each.least()) + " to " + number(each.most()) + ")";
  }

  /** Returns a whole number, with commas; a small number with one decimal. */
  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value)
        .replaceAll("\\.0$", "");
  }
}
