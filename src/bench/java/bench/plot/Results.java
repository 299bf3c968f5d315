package bench.plot;

import bench.shared.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The measurements of one run. Its file has lines of {@code work, server, round, metric, value},
 * separated by tabs, below a line with these words. Lines that begin with {@code #} are facts about
 * the run.
 */
final class Results {

  private static final String HEADER = "work\tserver\tround\tmetric\tvalue";

  private record Key(String work, String server, String metric) {}

  private final Path file;
  private final List<String> facts = new ArrayList<>();
  private final Map<Key, List<Double>> values = new LinkedHashMap<>();

  private Results(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if a line is malformed, with the place and the expected form
   */
  static Results read(Path file) throws IOException {
    Results results = new Results(file);
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.startsWith("#")) {
        results.facts.add(line.substring(1).strip());
      } else if (!line.isBlank() && !line.equals(HEADER)) {
        results.add(line, number);
      }
    }
    return results;
  }

  private void add(String line, int number) {
    String[] cells = line.split("\t", -1);
    try {
      Key key = new Key(cells[0], cells[1], cells[3]);
      values.computeIfAbsent(key, none -> new ArrayList<>()).add(Double.valueOf(cells[4]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          file + ":" + number + ": " + line + " (expected: " + HEADER + ")", e);
    }
  }

  /** Returns the facts, such as {@code jdk 17.0.15}. */
  List<String> facts() {
    return List.copyOf(facts);
  }

  /** Returns the value of a fact, such as {@code 17.0.15} for {@code jdk}. */
  Optional<String> fact(String name) {
    return facts.stream()
        .filter(fact -> fact.startsWith(name + " "))
        .map(fact -> fact.substring(name.length() + 1))
        .findFirst();
  }

  /** Returns the works with measurements of a metric, in the order of the file. */
  Set<String> works(String metric) {
    return values.keySet().stream()
        .filter(key -> key.metric().equals(metric))
        .map(Key::work)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the servers that did at least one of these works, in the order of {@link Stack}. */
  List<Stack> servers(Collection<String> works, String metric) {
    return values.keySet().stream()
        .filter(key -> key.metric().equals(metric) && works.contains(key.work()))
        .map(Key::server)
        .distinct()
        .map(Stack::of)
        .sorted()
        .toList();
  }

  /** Returns median and spread over the rounds, if measured. */
  Optional<Spread> of(String work, String server, String metric) {
    return Optional.ofNullable(values.get(new Key(work, server, metric))).map(Spread::of);
  }

  /** Returns the highest number of rounds of any measurement. */
  int rounds() {
    return values.values().stream().mapToInt(List::size).max().orElse(0);
  }
}
