package bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** What was measured, kept and written as it comes: a line each, with tabs; facts behind a #. */
final class Results implements AutoCloseable {

  private record Key(String work, Stack stack, String metric) {}

  private final PrintStream file;
  private final Map<Key, List<Double>> values = new LinkedHashMap<>();

  Results(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    file = new PrintStream(Files.newOutputStream(path), true, StandardCharsets.UTF_8);
    file.print("work\tserver\tround\tmetric\tvalue\n");
  }

  void fact(String text) {
    file.print("# " + text + "\n");
  }

  void add(String work, Stack stack, int round, String metric, double value) {
    values.computeIfAbsent(new Key(work, stack, metric), key -> new ArrayList<>()).add(value);
    String number = String.format(Locale.ROOT, "%.1f", value);
    file.print(String.join("\t", work, stack.title, "" + round, metric, number) + "\n");
  }

  /**
   * The middle one of the rounds, or the mean of the two there; none where nothing was measured.
   */
  OptionalDouble median(String work, Stack stack, String metric) {
    List<Double> sorted = sorted(work, stack, metric);
    int size = sorted.size();
    return size == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2);
  }

  List<Double> sorted(String work, Stack stack, String metric) {
    return values.getOrDefault(new Key(work, stack, metric), List.of()).stream().sorted().toList();
  }

  Set<String> works() {
    Set<String> works = new LinkedHashSet<>();
    values.keySet().forEach(each -> works.add(each.work));
    return works;
  }

  Set<String> metrics(String work) {
    Set<String> metrics = new LinkedHashSet<>();
    values.keySet().stream()
        .filter(each -> each.work.equals(work))
        .forEach(each -> metrics.add(each.metric));
    return metrics;
  }

  @Override
  public void close() {
    file.close();
  }
}
