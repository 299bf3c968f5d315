package parley.cli;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The keys that were read. Any other key in a conf is a mistake; the message names the nearest. */
final class KnownKeys {

  private static final String LISTENERS = "listeners";

  private final Set<String> leaves = new TreeSet<>();
  private final SortedMap<String, String> blocks = new TreeMap<>();
  private final Set<String> ignored = new HashSet<>();

  void addLeaf(String key) {
    leaves.add(key);
  }

  /** Adds a block, with the owner of its keys for messages, or an empty text. */
  void addBlock(String key, String owner) {
    blocks.put(key, owner);
  }

  /** Skips a block that has a problem of its own. */
  void ignore(String key) {
    ignored.add(key);
  }

  /** Finds the unknown keys of a conf; the consumer receives the place and the message of each. */
  void findUnknown(ConfText text, BiConsumer<String, String> problem) {
    findUnknown(text, "", text.root(), problem);
  }

  private void findUnknown(
      ConfText text, String prefix, ConfigObject block, BiConsumer<String, String> problem) {
    List<Map.Entry<String, ConfigValue>> inOrder = new ArrayList<>(block.entrySet());
    inOrder.sort(text.inOrder(prefix.isEmpty() ? List.of() : ConfigUtil.splitPath(parent(prefix))));
    for (Map.Entry<String, ConfigValue> entry : inOrder) {
      String key = prefix + ConfigUtil.joinPath(entry.getKey());
      String place = text.place(key);
      boolean isBlock = blocks.containsKey(key) || below(leaves, key + ".").findAny().isPresent();
      if (ignored.contains(key)) {
        continue;
      }
      if (isBlock && entry.getValue() instanceof ConfigObject inner) {
        findUnknown(text, key + ".", inner, problem);
      } else if (isBlock) {
        problem.accept(place, key + " (expected: a block { })");
      } else if (!leaves.contains(key)) {
        problem.accept(
            place, key + " is not a key " + owner(prefix) + expected(prefix, entry.getKey()));
      }
    }
  }

  /** Finds the first two keys with the same environment variable, which would set both. */
  void findShared(ConfText text, BiConsumer<String, String> problem) {
    Map<String, String> byVariable = new HashMap<>();
    for (String key : leaves) {
      String variable = ConfText.variable(key);
      String other = byVariable.putIfAbsent(variable, key);
      if (other != null) {
        problem.accept(
            text.place(key),
            String.format(
                "%s and %s share the environment variable %s"
                    + " (expected: names that differ in more than case, - and _)",
                other, key, variable));
        return;
      }
    }
  }

  private String owner(String prefix) {
    String owner = prefix.isEmpty() ? "" : blocks.getOrDefault(parent(prefix), "");
    return owner.isEmpty() ? "" : "of " + owner + " ";
  }

  private static String parent(String prefix) {
    return prefix.substring(0, prefix.length() - 1);
  }

  private static Stream<String> below(Set<String> keys, String prefix) {
    return keys.stream().filter(key -> key.startsWith(prefix));
  }

  private String expected(String prefix, String unknown) {
    Set<String> names = new TreeSet<>();
    Stream.concat(below(leaves, prefix), below(blocks.keySet(), prefix))
        .forEach(key -> names.add(ConfigUtil.splitPath(key.substring(prefix.length())).get(0)));
    return Nearest.expected(unknown, names);
  }

  /**
   * Returns a warning for each variable with Parley's prefix that belongs to no key.
   *
   * @param others further known variables
   * @param ofBoth the keys of both commands except the listeners', fetched only if needed
   */
  List<String> unknownVariables(ConfText text, Set<String> others, Supplier<Set<String>> ofBoth) {
    Set<String> known = new TreeSet<>(others);
    leaves.forEach(key -> known.add(ConfText.variable(key)));
    Predicate<String> isUnknown = name -> !known.contains(name) && !isOfServer(name);
    List<String> unknown = text.variables().stream().filter(isUnknown).toList();
    if (!unknown.isEmpty()) {
      ofBoth.get().forEach(key -> known.add(ConfText.variable(key)));
    }
    return unknown.stream()
        .filter(isUnknown)
        .map(
            name ->
                "environment variable "
                    + name
                    + ": unknown key, ignored"
                    + Nearest.to(name, known).map(word -> " (nearest: " + word + ")").orElse(""))
        .toList();
  }

  /** Returns whether this is the client and only the server can check a variable they share. */
  private boolean isOfServer(String variable) {
    return !blocks.containsKey(LISTENERS)
        && variable.startsWith(ConfText.variable(LISTENERS + "."));
  }
}
