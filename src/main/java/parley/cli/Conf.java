package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import parley.protocol.greeting.GreetingProtocol;

/**
 * Reads a conf key by key; defaults come from reference.conf. It keeps each value with its origin,
 * collects all problems, and finally reports the keys that were never read.
 */
final class Conf {

  private static final int BRIEF = 120;
  private static final ConfigOrigin DEFAULT = ConfigOriginFactory.newSimple("default");

  /** The defaults, loaded when the first one is needed: a file with all keys needs none. */
  private static final class Reference {
    static final Config CONF =
        ConfigFactory.parseResources(Conf.class.getClassLoader(), "parley/cli/reference.conf");
  }

  /** One effective value. */
  record Entry(String key, String value, String origin) {}

  private final ConfText text;
  private final KnownKeys known = new KnownKeys();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> hints = new ArrayList<>();

  private Conf(ConfText text) {
    this.text = text;
  }

  /** Loads a conf from a file, {@code --set} options and an environment: {@link ConfText#load}. */
  static Conf load(Path file, List<String> sets, Map<String, String> environment)
      throws ConfException {
    return new Conf(ConfText.load(file, sets, environment));
  }

  /** Returns the text, to which a command may add values. */
  ConfText text() {
    return text;
  }

  /**
   * Reads one key and passes its value to a setter. An invalid value becomes a problem, and so does
   * one that the setter rejects with an IllegalArgumentException.
   *
   * @param key the whole key
   * @param reference its key in reference.conf, or null if it has no default there
   */
  <T> void read(String key, @Nullable String reference, ConfKind<T> kind, Consumer<T> setter) {
    read(key, reference, kind, setter, false);
  }

  /** Reads one key in the same way; a secret is never shown. */
  <T> void read(
      String key,
      @Nullable String reference,
      ConfKind<T> kind,
      Consumer<T> setter,
      boolean secret) {
    ConfigValue value = find(key);
    if (value == null && reference != null) {
      value = Reference.CONF.getValue(reference).withOrigin(DEFAULT);
    }
    if (value == null) {
      problem(text.place(key), key + " is missing (expected: " + kind.allowed() + ")");
    } else {
      read(key, value, kind, setter, secret);
    }
  }

  /** Reads one key that has a default outside reference.conf; a secret is never shown. */
  <T> void readOr(
      String key, Object defaultValue, ConfKind<T> kind, Consumer<T> setter, boolean secret) {
    ConfigValue value = find(key);
    if (value == null) {
      entries.put(key, new Entry(key, hidden(secret, shown(defaultValue)), "default"));
    } else {
      read(key, value, kind, setter, secret);
    }
  }

  /** Masks a secret; only an empty one is shown. */
  private static String hidden(boolean secret, String shown) {
    return secret && !shown.equals("\"\"") ? "***" : shown;
  }

  private @Nullable ConfigValue find(String key) {
    known.addLeaf(key);
    return text.find(key);
  }

  private <T> void read(
      String key, ConfigValue value, ConfKind<T> kind, Consumer<T> setter, boolean secret) {
    String shown = hidden(secret, Written.of(value));
    String place = value.origin() == DEFAULT ? "default" : text.place(key);
    entries.put(key, new Entry(key, shown, place));
    if (secret) {
      hint(key, value);
    }
    try {
      setter.accept(kind.of(value));
    } catch (RuntimeException e) {
      problem(place, key + " = " + brief(shown) + " " + rule(String.valueOf(e.getMessage())));
    }
  }

  /** Adds a hint for a secret: it is never shown, so a user cannot see where it ends. */
  private void hint(String key, ConfigValue value) {
    boolean isText =
        value.valueType() == ConfigValueType.STRING || value.valueType() == ConfigValueType.NUMBER;
    String hint = isText ? text.commentHint(key, value) : "";
    if (!hint.isEmpty()) {
      hints.add(text.place(key) + ": " + key + " " + hint);
    }
  }

  /**
   * Returns the part in brackets of "backlog: 0 (expected: 1 to 65535)": key and value are already
   * named.
   */
  static String rule(String message) {
    int expected = message.lastIndexOf("(expected: ");
    int bracket = expected < 0 ? message.lastIndexOf('(') : expected;
    return bracket < 0 ? "(" + message + ")" : message.substring(bracket);
  }

  /** Shortens a value, so that a problem stays one readable line. */
  private static String brief(String shown) {
    return shown.length() <= BRIEF ? shown : shown.substring(0, BRIEF) + "...";
  }

  private static String shown(Object value) {
    if (value instanceof List<?> list) {
      return ConfigValueFactory.fromIterable(list).render(ConfigRenderOptions.concise());
    }
    if (value instanceof Duration time) {
      return ConfigUtil.quoteString(time.toMillis() + "ms");
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : ConfigUtil.quoteString(value.toString());
  }

  /** Declares a block and its owner, so that keys in it that are never read are reported. */
  void block(String key, String owner) {
    known.addBlock(key, owner);
  }

  /** Skips a block that has a problem of its own. */
  void ignore(String key) {
    known.ignore(key);
  }

  /** Returns the names of the blocks in a top-level block, in the order of the file. */
  List<String> blocksIn(String key) {
    known.addBlock(key, "");
    List<String> names = new ArrayList<>();
    if (text.root().get(key) instanceof ConfigObject block) {
      List<Map.Entry<String, ConfigValue>> inOrder = new ArrayList<>(block.entrySet());
      inOrder.sort(text.inOrder(List.of(key)));
      for (Map.Entry<String, ConfigValue> each : inOrder) {
        String name = each.getKey();
        if (each.getValue() instanceof ConfigObject && name.matches("[A-Za-z0-9_-]+")) {
          names.add(name);
        } else {
          ignore(key + "." + ConfigUtil.joinPath(name));
          problem(
              text.place(key + "." + ConfigUtil.joinPath(name)),
              key
                  + "."
                  + name
                  + " (expected: a block { } with a name of letters, digits, - and _)");
        }
      }
    }
    return names;
  }

  /** Returns the keys in a block; none if there is no such block. */
  Set<String> wordsIn(String key) {
    return text.find(key) instanceof ConfigObject block ? block.keySet() : Set.of();
  }

  /** Returns the number of problems so far. */
  int problems() {
    return problems.size();
  }

  /**
   * Adds a problem of values that contradict each other. The message starts with the key of the
   * first value, which is then shown as it was written.
   *
   * @param block the block of that key, empty for the top level
   */
  void problem(String place, String block, String message) {
    String key = message.split(":", 2)[0];
    ConfigValue value = text.find((block.isEmpty() ? "" : block + ".") + key);
    String shown =
        value == null || value.unwrapped().equals("auto")
            ? message
            : key + ": " + Written.text(value) + " " + rule(message);
    problem(place, block.isEmpty() ? shown : block + ": " + shown);
  }

  /** Adds a problem. If the place already names the key, it is not named twice. */
  void problem(String place, String what) {
    String message = "--set " + what;
    boolean isNamed = message.startsWith(place + " ") || message.startsWith(place + ":");
    problems.add(isNamed ? message : place + ": " + what);
  }

  /** Returns the values that were read, in reading order. */
  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Returns warnings about values that are valid but probably not intended. */
  List<String> hints() {
    return List.copyOf(hints);
  }

  /**
   * Returns a warning for each environment variable with Parley's prefix that belongs to no key of
   * this conf, to no key of the other command, and is not in a set of others.
   */
  List<String> unknownVariables(Set<String> others) {
    return known.unknownVariables(text, others, Conf::ofBoth);
  }

  /** Returns the keys of both commands, which share the environment, except the listeners' keys. */
  private static Set<String> ofBoth() {
    Set<String> keys = new HashSet<>();
    for (String command : List.of("server", "client")) {
      Reference.CONF.getConfig(command).entrySet().forEach(each -> keys.add(each.getKey()));
    }
    new GreetingProtocol().settings().forEach(each -> keys.add("settings." + each.key()));
    return keys;
  }

  /**
   * Finishes the reading and reports all problems.
   *
   * @throws ConfException with all problems, including keys that were never read and two keys with
   *     the same environment variable
   */
  void finish() throws ConfException {
    known.findUnknown(text, this::problem);
    known.findShared(text, this::problem);
    if (!problems.isEmpty()) {
      problems.addAll(hints); // a hint may name the cause
      throw new ConfException(problems);
    }
  }
}
