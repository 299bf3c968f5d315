package bench.plot;

import bench.plot.Chart.Place;
import bench.shared.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The charts of the results of one run. */
final class Charts {

  private static final String RATE = "rate";
  private static final String ANSWERS = "answers per second";

  /** The percentiles of latency: metrics, and their labels. */
  static final List<List<String>> PERCENTILES =
      List.of(
          List.of("p50-us", "p50"),
          List.of("p90-us", "p90"),
          List.of("p99-us", "p99"),
          List.of("p999-us", "p99.9"),
          List.of("max-us", "max"));

  private final Results results;

  Charts(Results results) {
    this.results = results;
  }

  /** Returns all charts, except those with only one place. */
  List<Chart> all() {
    List<Chart> charts = new ArrayList<>();
    for (String variant : Panels.variants(results)) {
      depth(variant, charts);
      connections(variant, charts);
    }
    for (String work : Panels.openLoops(results)) {
      charts.add(latency(work));
    }
    return charts;
  }

  private void depth(String variant, List<Chart> charts) {
    List<Work> works = Panels.byDepth(results, variant);
    List<Place> places =
        works.stream()
            .map(
                work ->
                    new Place(
                        Math.log(work.depth()),
                        Integer.toString(work.depth()),
                        work.connections() + " connections"))
            .toList();
    add(works, places, "Throughput over depth", "requests in flight on each connection", charts);
  }

  private void connections(String variant, List<Chart> charts) {
    List<Work> works = Panels.byConnections(results, variant);
    List<Place> places =
        works.stream()
            .map(
                work ->
                    new Place(
                        Math.log(work.connections()),
                        String.format(Locale.ROOT, "%,d", work.connections()),
                        ""))
            .toList();
    add(
        works,
        places,
        "Throughput over connections",
        "connections, 1 request in flight on each",
        charts);
  }

  private void add(
      List<Work> works, List<Place> places, String title, String xTitle, List<Chart> charts) {
    if (works.size() < 2) {
      return;
    }
    String variant = works.get(0).variant();
    List<String> names = works.stream().map(Work::name).toList();
    charts.add(
        new Chart(
            title.toLowerCase(Locale.ROOT).replace(' ', '-') + variant,
            title + Work.words(variant),
            ANSWERS,
            xTitle,
            Unit.PER_SECOND,
            places,
            series(names, RATE),
            note()));
  }

  private Map<Stack, SortedMap<Integer, Spread>> series(List<String> works, String metric) {
    Map<Stack, SortedMap<Integer, Spread>> series = new TreeMap<>();
    for (Stack stack : results.servers(works, metric)) {
      SortedMap<Integer, Spread> line = new TreeMap<>();
      for (int i = 0; i < works.size(); i++) {
        int place = i;
        results.of(works.get(i), stack.name(), metric).ifPresent(each -> line.put(place, each));
      }
      series.put(stack, line);
    }
    return series;
  }

  private Chart latency(String work) {
    List<Place> places = new ArrayList<>();
    Map<Stack, SortedMap<Integer, Spread>> series = new TreeMap<>();
    for (List<String> each : PERCENTILES) {
      int place = places.size();
      places.add(new Place(place, each.get(1), ""));
      for (Stack stack : results.servers(List.of(work), each.get(0))) {
        results
            .of(work, stack.name(), each.get(0))
            .ifPresent(
                spread ->
                    series.computeIfAbsent(stack, none -> new TreeMap<>()).put(place, spread));
      }
    }
    return new Chart(
        "latency-" + work,
        "Latency, " + Panels.openLoopWords(work),
        "from the time a request was due to its answer",
        "percentile",
        Unit.MICROSECONDS,
        places,
        series,
        note());
  }

  private String note() {
    int rounds = results.rounds();
    StringBuilder note = new StringBuilder();
    note.append(
        rounds == 1
            ? "One round."
            : "Marks: medians of " + rounds + " rounds; whiskers: least to most.");
    results.fact("jdk").ifPresent(jdk -> note.append(" JDK ").append(jdk).append('.'));
    results.fact("date").ifPresent(date -> note.append(' ').append(date).append('.'));
    return note.toString();
  }
}
