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

/** The keys that were read: what else is said is a mistake, and one of these was meant. */
final class KnownKeys {

  private static final String LISTENERS = "listeners";

  private final Set<String> leaves = new TreeSet<>();
  private final SortedMap<String, String> blocks = new TreeMap<>();
  private final Set<String> ignored = new HashSet<>();

  void addLeaf(String key) {
    leaves.add(key);
  }

  /** Adds a block, and whose keys are in it if that is to be said. */
  void addBlock(String key, String owner) {
    blocks.put(key, owner);
  }

  /** Leaves a block out, which has a problem of its own. */
  void ignore(String key) {
    ignored.add(key);
  }

  /** Finds each key of a conf that is none; the consumer gets its place and what is wrong. */
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
            place, key + " is no key " + owner(prefix) + expected(prefix, entry.getKey()));
      }
    }
  }

  /** Finds the first two keys that share an environment variable: both would get its value. */
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
   * Finds each variable of Parley's prefix that is no key's.
   *
   * @param others variables that are known too
   * @param ofBoth the keys of both commands but the listeners', if it comes to that
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
                    + ": no such key, ignored"
                    + Nearest.to(name, known).map(word -> " (nearest: " + word + ")").orElse(""))
        .toList();
  }

  /** Whether only the server can tell, and this is the client: they share the environment. */
  private boolean isOfServer(String variable) {
    return !blocks.containsKey(LISTENERS)
        && variable.startsWith(ConfText.variable(LISTENERS + "."));
  }
}
