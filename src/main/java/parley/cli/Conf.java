package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a conf key by key, each from where it is said first: {@code --set}, the environment, the
 * file, reference.conf. Keeps what was read with its origin, gathers all problems, and knows at the
 * end which keys nobody asked for.
 */
final class Conf {

  private static final String ENVIRONMENT_PREFIX = "PARLEY_";

  private static final ConfigOrigin DEFAULT = ConfigOriginFactory.newSimple("default");

  /** The defaults, read when the first one is needed: a file that says all keys needs none. */
  private static final class Reference {
    static final Config CONF =
        ConfigFactory.parseResources(Conf.class.getClassLoader(), "parley/reference.conf");
  }

  /** One effective value. */
  record Entry(String key, String value, String origin) {}

  private final Config file;
  private final Config said;
  private final Config sets;
  private final Map<String, String> environment;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, ConfigValue> options = new HashMap<>();
  private final Map<String, ConfigValue> shorthands = new HashMap<>();
  private final Set<String> leaves = new TreeSet<>();
  private final Set<String> blocks = new TreeSet<>();
  private final Set<String> ignored = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  private Conf(Config sets, Config file, Map<String, String> environment) {
    this.sets = sets;
    this.file = file;
    this.said = sets.withFallback(file);
    this.environment = environment;
  }

  /**
   * Reads the file and the settings of the command line.
   *
   * @param file a HOCON file
   * @param sets KEY=VALUE each
   * @param environment the process's
   * @throws ConfException if a text cannot be parsed
   */
  static Conf load(Path file, List<String> sets, Map<String, String> environment)
      throws ConfException {
    if (!Files.isRegularFile(file)) {
      throw new ConfException(List.of(file + ": no such file"));
    }
    try {
      Config settings = ConfigFactory.empty();
      for (String set : sets) {
        settings = with(settings, set);
      }
      ConfigParseOptions strict = ConfigParseOptions.defaults().setAllowMissing(false);
      return new Conf(
          settings, ConfigFactory.parseFile(file.toFile(), strict).resolve(), environment);
    } catch (ConfigException e) {
      String place = e.origin() == null ? file.toString() : place(e.origin());
      throw new ConfException(List.of(place + ": " + withoutPlace(e)));
    }
  }

  private static Config with(Config settings, String set) throws ConfException {
    int equals = set.indexOf('=');
    String key = equals < 0 ? set : set.substring(0, equals);
    String origin = "--set " + key;
    try {
      ConfigUtil.splitPath(key);
    } catch (ConfigException e) {
      equals = -1;
    }
    if (equals < 1) {
      throw new ConfException(List.of("--set " + set + ": (expected: KEY=VALUE)"));
    }
    String text = set.substring(equals + 1);
    if (!text.startsWith("[") && !text.startsWith("{")) {
      return settings.withValue(key, ConfigValueFactory.fromAnyRef(text, origin));
    }
    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(origin);
    return settings.withValue(
        key, ConfigFactory.parseString("value = " + text, options).getValue("value"));
  }

  private static String withoutPlace(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    ConfigOrigin origin = e.origin();
    String place = origin == null ? "" : origin.description() + ": ";
    return message.startsWith(place) ? message.substring(place.length()) : message;
  }

  /**
   * Reads one key and gives it to a setter. A bad value, and one that the setter refuses with an
   * IllegalArgumentException, becomes a problem.
   *
   * @param key the whole key
   * @param reference its key in reference.conf, or null if it has no default there
   */
  <T> void read(String key, @Nullable String reference, ConfKind<T> kind, Consumer<T> setter) {
    ConfigValue value = find(key);
    if (value == null && reference != null) {
      value = Reference.CONF.getValue(reference).withOrigin(DEFAULT);
    }
    if (value == null) {
      problem(place(key), key + " is missing (expected: " + kind.allowed() + ")");
      return;
    }
    read(key, value, kind, setter, false);
  }

  /** Reads one key, with a default of its own; a secret is never shown. */
  <T> void readOr(
      String key, Object defaultValue, ConfKind<T> kind, Consumer<T> setter, boolean secret) {
    ConfigValue value = find(key);
    if (value == null) {
      entries.put(key, new Entry(key, secret ? "***" : shown(defaultValue), "default"));
    } else {
      read(key, value, kind, setter, secret);
    }
  }

  private <T> void read(
      String key, ConfigValue value, ConfKind<T> kind, Consumer<T> setter, boolean secret) {
    String shown = secret ? "***" : value.render(ConfigRenderOptions.concise());
    String place = place(value.origin());
    entries.put(key, new Entry(key, shown, place));
    try {
      setter.accept(kind.of(value));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      int expected = message.indexOf("(expected: ");
      String rule = expected < 0 ? "(" + message + ")" : message.substring(expected);
      if (message.startsWith("(")) {
        rule = message;
      }
      problem(place, key + " = " + shown + " " + rule);
    }
  }

  /** The value that is said of a key anywhere but in reference.conf. */
  private @Nullable ConfigValue find(String key) {
    leaves.add(key);
    ConfigValue option = options.get(key);
    if (option != null) {
      return option;
    }
    String variable = variable(key);
    String text = environment.get(variable);
    if (text != null && !sets.hasPathOrNull(key)) {
      return ConfigValueFactory.fromAnyRef(text, "environment variable " + variable);
    }
    ConfigValue shorthand = shorthands.get(key);
    if (shorthand != null && !sets.hasPathOrNull(key)) {
      return shorthand;
    }
    return said(key);
  }

  /** What the command line or the file says of a key, also if it is null. */
  private @Nullable ConfigValue said(String key) {
    ConfigValue value = said.root();
    for (String name : ConfigUtil.splitPath(key)) {
      value = value instanceof ConfigObject block ? block.get(name) : null;
    }
    return value;
  }

  private static String shown(Object value) {
    if (value instanceof Duration time) {
      return ConfigUtil.quoteString(time.toMillis() + "ms");
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : ConfigUtil.quoteString(value.toString());
  }

  /** The environment variable of a key: PARLEY_DRAIN_TIMEOUT for drain-timeout. */
  static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** Says a key by an option of its own, which goes before all else. */
  void option(String key, String text, String option) {
    options.put(key, ConfigValueFactory.fromAnyRef(text, option));
  }

  /** Says a key by another name of its own, where neither --set nor its variable do. */
  void shorthand(String key, String text, String origin) {
    shorthands.put(key, ConfigValueFactory.fromAnyRef(text, origin));
  }

  /** Names a block, so that any key in it that is never read is refused. */
  void block(String key) {
    blocks.add(key);
  }

  /** Leaves a block out, which has a problem of its own. */
  void ignore(String key) {
    ignored.add(key);
  }

  /** The names of the blocks in a block, in the order of the file. */
  List<String> blocksIn(String key) {
    blocks.add(key);
    if (!(said.root().get(key) instanceof ConfigObject block)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> each : block.entrySet()) {
      String name = each.getKey();
      if (each.getValue() instanceof ConfigObject && name.matches("[A-Za-z0-9_-]+")) {
        names.add(name);
      } else {
        ignore(key + "." + ConfigUtil.joinPath(name));
        problem(
            place(each.getValue().origin()),
            key + "." + name + " (expected: a block { }, named by letters, digits, - and _)");
      }
    }
    ConfigObject inFile = file.root().get(key) instanceof ConfigObject object ? object : block;
    names.sort(
        Comparator.comparingInt((String name) -> line(inFile.get(name)))
            .thenComparing(Comparator.naturalOrder()));
    return names;
  }

  private static int line(@Nullable ConfigValue value) {
    return value == null || value.origin().filename() == null
        ? Integer.MAX_VALUE
        : value.origin().lineNumber();
  }

  /** Where a key, or else its nearest parent, is said. */
  String place(String key) {
    List<String> path = ConfigUtil.splitPath(key);
    for (int length = path.size(); length > 0; length--) {
      ConfigValue parent = said(ConfigUtil.joinPath(path.subList(0, length)));
      if (parent != null) {
        return place(parent.origin());
      }
    }
    return place(said.root().origin());
  }

  private static String place(ConfigOrigin origin) {
    if (origin.filename() == null) {
      return origin.description();
    }
    String file = origin.filename();
    return origin.lineNumber() < 1 ? file : file + ":" + origin.lineNumber();
  }

  /** Adds a problem. */
  void problem(String place, String what) {
    problems.add(place + ": " + what);
  }

  /** What was read, in the order of the reading. */
  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Environment variables of Parley's prefix that are no key of this conf or of the scripts. */
  List<String> unknownVariables(Set<String> others) {
    Set<String> variables = new TreeSet<>(others);
    leaves.forEach(key -> variables.add(variable(key)));
    List<String> warnings = new ArrayList<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(ENVIRONMENT_PREFIX) && !variables.contains(name)) {
        String nearest = Nearest.to(name, variables).map(w -> " (nearest: " + w + ")").orElse("");
        warnings.add("environment variable " + name + ": no such key, ignored" + nearest);
      }
    }
    return warnings;
  }

  /**
   * Ends the reading.
   *
   * @throws ConfException with all problems, and with the keys that were never read
   */
  void finish() throws ConfException {
    findUnknown("", said.root());
    if (!problems.isEmpty()) {
      throw new ConfException(problems);
    }
  }

  private void findUnknown(String prefix, ConfigObject block) {
    List<Map.Entry<String, ConfigValue>> inOrder = new ArrayList<>(block.entrySet());
    inOrder.sort(Comparator.comparingInt(entry -> line(entry.getValue())));
    for (Map.Entry<String, ConfigValue> entry : inOrder) {
      String key = prefix + ConfigUtil.joinPath(entry.getKey());
      boolean isBlock = blocks.contains(key) || below(leaves, key + ".").findAny().isPresent();
      if (ignored.contains(key)) {
        continue;
      }
      if (isBlock && entry.getValue() instanceof ConfigObject inner) {
        findUnknown(key + ".", inner);
      } else if (isBlock) {
        problem(place(entry.getValue().origin()), key + " (expected: a block { })");
      } else if (!leaves.contains(key)) {
        problem(place(entry.getValue().origin()), key + " is no key " + namesBelow(prefix, key));
      }
    }
  }

  private static Stream<String> below(Set<String> keys, String prefix) {
    return keys.stream().filter(key -> key.startsWith(prefix));
  }

  private String namesBelow(String prefix, String unknown) {
    Set<String> names = new TreeSet<>();
    Stream.concat(below(leaves, prefix), below(blocks, prefix))
        .forEach(key -> names.add(ConfigUtil.splitPath(key.substring(prefix.length())).get(0)));
    String nearest =
        Nearest.to(unknown.substring(prefix.length()), names)
            .map(word -> "nearest: " + word + "; ")
            .orElse("");
    return "("
        + nearest
        + "expected: "
        + (names.isEmpty() ? "none" : String.join(", ", names))
        + ")";
  }
}
