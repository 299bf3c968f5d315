package bench.run;

import bench.shared.AskedRate;
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
import org.jspecify.annotations.Nullable;

/**
 * The measurements, stored and written as they arrive: one line each, with tabs; facts after a #.
 */
final class Results implements AutoCloseable {

  private record Key(String work, Stack stack, String metric) {}

  private final Path path;
  private final StringBuilder head = new StringBuilder("work\tserver\tround\tmetric\tvalue\n");
  private @Nullable PrintStream file;
  private final Map<Key, List<Double>> values = new LinkedHashMap<>();

  Results(Path path) {
    this.path = path;
  }

  /** Returns the GC log of a server, in a folder beside the file: results-gc/parley.log. */
  GcLog gcLog(String server) throws IOException {
    String name = path.getFileName().toString().replaceFirst("\\.\\w+$", "");
    return new GcLog(path.resolveSibling(name + "-gc").resolve(server + ".log"));
  }

  void fact(String text) {
    print("# " + text + "\n");
  }

  void add(String work, Stack stack, int round, String metric, double value) {
    values.computeIfAbsent(new Key(work, stack, metric), key -> new ArrayList<>()).add(value);
    String number = String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
    print(String.join("\t", work, stack.title, "" + round, metric, number) + "\n");
  }

  /** Starts the file, which replaces an earlier one, with the facts known so far. */
  void open() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    file = new PrintStream(Files.newOutputStream(path), true, StandardCharsets.UTF_8);
    file.print(head);
  }

  private void print(String text) {
    if (file == null) {
      head.append(text);
    } else {
      file.print(text);
    }
  }

  /** Returns median and spread over the rounds, if measured. */
  Optional<Spread> of(String work, Stack stack, String metric) {
    return Optional.ofNullable(values.get(new Key(work, stack, metric))).map(Spread::of);
  }

  /** Returns whether a server kept the rate of an open loop; true for other works. */
  boolean keptRate(String work, Stack stack) {
    return AskedRate.isKept(of(work, stack, AskedRate.METRIC), of(work, stack, "rate"));
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
    if (file != null) {
      file.close();
    }
  }
}
