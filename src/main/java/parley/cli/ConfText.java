package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of keys with their origins. A value comes from, in order of precedence, an option of
 * its own, {@code --set}, the environment or the file.
 */
final class ConfText {

  private static final String ENVIRONMENT_PREFIX = "PARLEY_";

  /** The conf file, then the files that it includes. */
  private final List<String> files;

  private final Map<String, ConfigValue> options = new HashMap<>();
  private final Config sets;
  private final Map<String, String> environment;
  private final Map<String, ConfigValue> shorthands = new HashMap<>();
  private final Config file;
  private final Config setsAndFile;

  private ConfText(List<String> files, Config sets, Config file, Map<String, String> environment) {
    this.files = List.copyOf(files);
    this.sets = sets;
    this.file = file;
    this.setsAndFile = sets.withFallback(file);
    this.environment = environment;
  }

  /**
   * Reads the file and the command line's settings.
   *
   * @param file a HOCON file
   * @param sets KEY=VALUE each; VALUE is a literal unless it starts with a bracket or brace
   * @param environment the variables of the process
   * @throws ConfException if a text cannot be parsed
   */
  static ConfText load(Path file, List<String> sets, Map<String, String> environment)
      throws ConfException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      String why = Files.exists(file) ? "not a readable file" : "no such file";
      throw new ConfException(List.of(file + ": " + why));
    }
    Config settings = ConfigFactory.empty();
    for (String set : sets) {
      settings = with(settings, set);
    }
    List<String> files = new ArrayList<>();
    Config conf =
        ConfParsing.parsed(file.toString(), () -> ConfIncludes.parse(file, files).resolve());
    return new ConfText(files, settings, conf, environment);
  }

  private static Config with(Config settings, String set) throws ConfException {
    int equals = set.indexOf('=');
    if (equals < 1 || !isPath(set.substring(0, equals))) {
      throw new ConfException(List.of("--set " + set + ": (expected: KEY=VALUE)"));
    }
    String key = set.substring(0, equals);
    String origin = "--set " + key;
    return ConfParsing.parsed(
        origin, () -> settings.withValue(key, value(set.substring(equals + 1), origin)));
  }

  private static ConfigValue value(String text, String origin) {
    if (!text.startsWith("[") && !text.startsWith("{")) {
      return ConfigValueFactory.fromAnyRef(text, origin);
    }
    ConfigParseOptions options = ConfIncludes.refused().setOriginDescription(origin);
    return ConfigFactory.parseString("value = " + text, options).getValue("value");
  }

  private static boolean isPath(String key) {
    try {
      return !ConfigUtil.splitPath(key).isEmpty();
    } catch (ConfigException e) {
      return false;
    }
  }

  /** Sets a key by an option of its own, which takes precedence over everything else. */
  void option(String key, String text, String option) {
    options.put(key, ConfigValueFactory.fromAnyRef(text, option));
  }

  /** Sets a key by a second variable, used if neither --set nor the key's variable sets it. */
  void shorthand(String key, String text, String origin) {
    shorthands.put(key, ConfigValueFactory.fromAnyRef(text, origin));
  }

  /** Returns the environment variable of a key: PARLEY_DRAIN_TIMEOUT for drain-timeout. */
  static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** Returns the names of the variables with Parley's prefix. */
  List<String> variables() {
    return environment.keySet().stream()
        .filter(name -> name.startsWith(ENVIRONMENT_PREFIX))
        .sorted()
        .toList();
  }

  /** Returns the value of a key that is in effect, or null if there is none. */
  @Nullable ConfigValue find(String key) {
    ConfigValue option = options.get(key);
    if (option != null) {
      return option;
    }
    if (!sets.hasPathOrNull(key)) {
      String variable = variable(key);
      String text = environment.get(variable);
      if (text != null) {
        return ConfigValueFactory.fromAnyRef(text, "environment variable " + variable);
      }
      ConfigValue shorthand = shorthands.get(key);
      if (shorthand != null) {
        return shorthand;
      }
    }
    return in(root(), ConfigUtil.splitPath(key));
  }

  /** Returns the values of --set and the file as one block. */
  ConfigObject root() {
    return setsAndFile.root();
  }

  /** Returns the value at a path, or null. */
  private static @Nullable ConfigValue in(ConfigObject root, List<String> path) {
    ConfigValue value = root;
    for (String name : path) {
      value = value instanceof ConfigObject block ? block.get(name) : null;
    }
    return value;
  }

  /** Orders by file and line; values without a file come last. */
  Comparator<Map.Entry<String, ConfigValue>> inOrder(List<String> path) {
    ConfigObject inFile =
        in(file.root(), path) instanceof ConfigObject object
            ? object
            : ConfigFactory.empty().root();
    return Comparator.comparing(
            (Map.Entry<String, ConfigValue> entry) -> inFile.get(entry.getKey()),
            Comparator.nullsLast(
                Comparator.comparingInt(this::fileNumber)
                    .thenComparingInt(value -> value.origin().lineNumber())))
        .thenComparing(Map.Entry.comparingByKey());
  }

  /** Returns the number of a value's file; a block from several files counts as the conf's. */
  private int fileNumber(ConfigValue value) {
    String file = Origins.fileOf(value.origin());
    return file == null ? 0 : files.indexOf(file);
  }

  /** Resolves a path against the folder of the file that sets it; otherwise returns it as it is. */
  String file(String key, String value) {
    ConfigOrigin origin = origin(key);
    String name = origin == null ? files.get(0) : Origins.fileOf(origin);
    try {
      return name == null
          ? value
          : Path.of(name).toAbsolutePath().resolveSibling(value).normalize().toString();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("(expected: a path)", e);
    }
  }

  /** Returns a hint if a comment cuts a text in a file short; otherwise an empty text. */
  String commentHint(String key, ConfigValue value) {
    String name = Origins.fileOf(value.origin());
    if (name == null) {
      return "";
    }
    List<String> names = ConfigUtil.splitPath(key);
    return Comments.hint(
        name, value.origin().lineNumber(), names.get(names.size() - 1), Written.text(value));
  }

  /**
   * Returns the place that sets a key or its nearest parent: FILE:LINE, an option or a variable.
   */
  String place(String key) {
    ConfigOrigin origin = origin(key);
    return origin == null ? files.get(0) : Origins.place(origin);
  }

  private @Nullable ConfigOrigin origin(String key) {
    List<String> names = ConfigUtil.splitPath(key);
    for (int length = names.size(); length > 0; length--) {
      String parent = ConfigUtil.joinPath(names.subList(0, length));
      ConfigValue value = find(parent);
      ConfigOrigin origin = value == null ? null : origin(parent, value);
      if (origin != null) {
        return origin;
      }
    }
    return null;
  }

  /** Returns an origin that helps a user: the library's own origin of a merged value does not. */
  private @Nullable ConfigOrigin origin(String key, ConfigValue value) {
    if (Origins.isOfUse(value.origin())) {
      return value.origin();
    }
    for (Map.Entry<String, ConfigValue> each : sets.entrySet()) {
      if (each.getKey().startsWith(key + ".")) {
        return each.getValue().origin();
      }
    }
    ConfigValue inFile = in(file.root(), ConfigUtil.splitPath(key));
    return inFile != null && Origins.isOfUse(inFile.origin()) ? inFile.origin() : null;
  }
}
