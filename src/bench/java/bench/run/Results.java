package bench.run;

import bench.shared.Spread;
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
import java.util.Optional;
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

  /** Median and spread over the rounds, if it was measured. */
  Optional<Spread> of(String work, Stack stack, String metric) {
    return Optional.ofNullable(values.get(new Key(work, stack, metric))).map(Spread::of);
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
