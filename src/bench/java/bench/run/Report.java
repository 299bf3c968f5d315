package bench.run;

import bench.shared.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints the measurements: ratios first, then open loops, then medians with their spread. */
final class Report {

  private static final List<String> COMPARED =
      List.of("rate", "p99-us", "p999-us", "cpu-us", "heap-bytes", "rss-bytes", "alloc-bytes");

  private final Results results;

  Report(Results results) {
    this.results = results;
  }

  void print() {
    ratios();
    ownRatio("10000x1", "64x1");
    new OpenLoopTable(results).print();
    medians();
  }

  private static boolean moreIsBetter(String metric) {
    return metric.equals("rate");
  }

  /** Latencies of a closed loop are only another view of its rate, so only its rate is compared. */
  private static boolean isCompared(Work work, String metric) {
    boolean latency = metric.startsWith("p");
    return COMPARED.contains(metric)
        && switch (work.kind()) {
          case CLOSED, CONNECTS -> !latency;
          case OPEN, OPEN_COMMON -> metric.equals("p999-us");
          case FLOOD -> latency;
          case IDLE -> true;
        };
  }

  private void ratios() {
    System.out.println("ratios of medians: more is better for rate, less for all else");
    String format = "%-20s %-12s %-15s %20s %9s %9s %18s%n";
    System.out.printf(
        format, "work", "metric", "form", "best of peers", "virtual", "mina", "floor");
    for (String name : results.works()) {
      for (String metric : results.metrics(name)) {
        if (isCompared(Work.of(name), metric)) {
          for (Stack form : Stack.FORMS) {
            ratios(format, name, metric, form);
          }
        }
      }
    }
    System.out.println();
  }

  private void ratios(String format, String work, String metric, Stack form) {
    if (median(work, form, metric).isEmpty()) {
      return;
    }
    Stack peer = best(work, metric);
    Stack floor = median(work, Stack.C_FLOOR, metric).isPresent() ? Stack.C_FLOOR : Stack.NIO_FLOOR;
    System.out.printf(
        format,
        work,
        metric,
        form.title,
        named(ratio(work, metric, form, peer), peer),
        ratio(work, metric, form, Stack.VIRTUAL_THREADS),
        ratio(work, metric, form, Stack.MINA),
        named(ratio(work, metric, form, floor), floor));
  }

  private static String named(String ratio, Stack of) {
    return ratio.equals("-") ? ratio : ratio + " " + of.title;
  }

  private Stack best(String work, String metric) {
    Stack best = Stack.PEERS.get(0);
    double most = Double.NEGATIVE_INFINITY;
    for (Stack each : Stack.PEERS) {
      double median = median(work, each, metric).orElse(Double.NaN);
      double good = (moreIsBetter(metric) ? 1 : -1) * median;
      if (good > most) {
        best = each;
        most = good;
      }
    }
    return best;
  }

  private String ratio(String work, String metric, Stack form, Stack other) {
    Optional<Double> mine = median(work, form, metric);
    Optional<Double> theirs = median(work, other, metric);
    return mine.isEmpty() || theirs.isEmpty() || theirs.get() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f", mine.get() / theirs.get());
  }

  /**
   * Returns empty for a server that did not keep the rate: its latencies are those of a backlog.
   */
  private Optional<Double> median(String work, Stack stack, String metric) {
    return results.keptRate(work, stack)
        ? results.of(work, stack, metric).map(Spread::median)
        : Optional.empty();
  }

  /** Prints the share of its rate that each server keeps with more connections. */
  private void ownRatio(String many, String few) {
    if (!results.works().containsAll(List.of(many, few))) {
      return;
    }
    System.out.println("rate of " + many + " against its own of " + few);
    for (Stack each : Stack.values()) {
      Optional<Double> most = median(many, each, "rate");
      Optional<Double> least = median(few, each, "rate");
      if (most.isPresent() && least.isPresent()) {
        System.out.printf(Locale.ROOT, "%-20s %.2f%n", each.title, most.get() / least.get());
      }
    }
    System.out.println();
  }

  private void medians() {
    System.out.println("medians (least .. most of the rounds); more latencies are in the file");
    for (String work : results.works()) {
      for (String metric : results.metrics(work)) {
        if (!COMPARED.contains(metric)) {
          continue;
        }
        for (Stack each : Stack.values()) {
          results.of(work, each, metric).ifPresent(spread -> row(work, metric, each, spread));
        }
      }
    }
  }

  private static void row(String work, String metric, Stack stack, Spread spread) {
    String format = metric.endsWith("-us") ? "%,.1f" : "%,.0f";
    System.out.printf(
        "%-20s %-12s %-16s %14s  (%s .. %s)%n",
        work,
        metric,
        stack.title,
        String.format(Locale.ROOT, format, spread.median()),
        String.format(Locale.ROOT, format, spread.least()),
        String.format(Locale.ROOT, format, spread.most()));
  }
}
