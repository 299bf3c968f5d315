package bench.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The options on the command line. */
final class Options {

  int rounds = 3;
  double seconds = 2;
  double warmUp = 4;
  Path out;
  boolean list;
  boolean tls;

  /** Whether an open loop with one rate for all servers follows each closed loop. */
  boolean atOneRate;

  /** That rate, in requests per second; 0 for a share of the slowest server's. */
  double rate;

  private final Set<String> names = new LinkedHashSet<>();
  private List<Stack> stacks = List.of(Stack.values());

  /**
   * Reads the words of the command line.
   *
   * @throws IllegalArgumentException for an unknown word or a bad value
   */
  Options(String[] args) {
    List<String> words = new ArrayList<>(List.of(args));
    while (!words.isEmpty()) {
      String word = words.remove(0);
      if (word.startsWith("-")) {
        option(word, words);
      } else {
        names.add(Work.of(word).name());
      }
    }
  }

  private void option(String name, List<String> words) {
    switch (name) {
      case "--rounds" -> rounds = (int) number(name, value(name, words), 1, 99);
      case "--seconds" -> seconds = number(name, value(name, words), 0.1, 600);
      case "--warm-up" -> warmUp = number(name, value(name, words), 0, 600);
      case "--servers" ->
          stacks = Arrays.stream(value(name, words).split(",")).map(Stack::of).distinct().toList();
      case "--rate" -> {
        atOneRate = true;
        rate = rate(name, words);
      }
      case "--out" -> out = file(name, value(name, words));
      case "--full" -> names.addAll(Work.FULL);
      case "--list" -> list = true;
      case "--tls" -> tls = true;
      default ->
          throw new IllegalArgumentException(
              "option: "
                  + name
                  + " (expected: --rounds, --seconds, --warm-up, --servers, --rate, --tls, --out,"
                  + " --full, --list, --help)");
    }
  }

  private static String value(String name, List<String> words) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException(name + ": nothing (expected: a value)");
    }
    return words.remove(0);
  }

  /** Returns the rate; its value is optional, and a work or another option may follow instead. */
  private static double rate(String name, List<String> words) {
    String value = words.isEmpty() ? "" : words.get(0);
    if (value.equals("auto")) {
      words.remove(0);
    }
    return value.matches("[0-9.]+") ? number(name, words.remove(0), 1, 5_000_000) : 0;
  }

  private static double number(String name, String value, double least, double most) {
    try {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // rejected below
    }
    String range = (least + " to " + most).replace(".0", "");
    throw new IllegalArgumentException(name + ": " + value + " (expected: " + range + ")");
  }

  private static Path file(String name, String value) {
    if (Files.isDirectory(Path.of(value))) {
      throw new IllegalArgumentException(
          name + ": " + value + " is a directory (expected: a file)");
    }
    return Path.of(value);
  }

  List<Stack> stacks() {
    return tls ? stacks.stream().filter(Stack.TLS::contains).toList() : stacks;
  }

  /** Returns the works, each open loop after the closed one that determines its rate. */
  List<Work> works() {
    Set<Work> works = new LinkedHashSet<>();
    for (String name : names.isEmpty() ? Work.SHORT : names) {
      Work named = Work.of(name);
      Work work = atOneRate && named.kind() == Work.Kind.CLOSED ? named.atOneRate() : named;
      if (work.isOpen()) {
        works.add(work.closed());
      }
      works.add(work);
    }
    return List.copyOf(works);
  }
}
