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
 * Reads a conf key by key, by default from reference.conf. Keeps what was read with its origin,
 * gathers all problems, and knows at the end which keys nobody asked for.
 */
final class Conf {

  private static final int BRIEF = 120;
  private static final ConfigOrigin DEFAULT = ConfigOriginFactory.newSimple("default");

  /** The defaults, read when the first one is needed: a file that says all keys needs none. */
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

  /** A conf of a file, {@code --set} options and an environment, as {@link ConfText#load} says. */
  static Conf load(Path file, List<String> sets, Map<String, String> environment)
      throws ConfException {
    return new Conf(ConfText.load(file, sets, environment));
  }

  /** What is said, to say more. */
  ConfText text() {
    return text;
  }

  /**
   * Reads one key and gives it to a setter. A bad value, and one that the setter refuses with an
   * IllegalArgumentException, becomes a problem.
   *
   * @param key the whole key
   * @param reference its key in reference.conf, or null if it has no default there
   */
  <T> void read(String key, @Nullable String reference, ConfKind<T> kind, Consumer<T> setter) {
    read(key, reference, kind, setter, false);
  }

  /** As the other; a secret is never shown. */
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

  /** Reads one key, with a default of its own; a secret is never shown. */
  <T> void readOr(
      String key, Object defaultValue, ConfKind<T> kind, Consumer<T> setter, boolean secret) {
    ConfigValue value = find(key);
    if (value == null) {
      entries.put(key, new Entry(key, hidden(secret, shown(defaultValue)), "default"));
    } else {
      read(key, value, kind, setter, secret);
    }
  }

  /** Of a secret no more than whether there is one. */
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

  /** A secret is never shown, so that nobody sees where it ends. */
  private void hint(String key, ConfigValue value) {
    boolean isText =
        value.valueType() == ConfigValueType.STRING || value.valueType() == ConfigValueType.NUMBER;
    String hint = isText ? text.commentHint(key, value) : "";
    if (!hint.isEmpty()) {
      hints.add(text.place(key) + ": " + key + " " + hint);
    }
  }

  /**
   * Of "backlog: 0 (expected: 1 to 65535)" the part in brackets: key and value are said already.
   */
  static String rule(String message) {
    int expected = message.lastIndexOf("(expected: ");
    int bracket = expected < 0 ? message.lastIndexOf('(') : expected;
    return bracket < 0 ? "(" + message + ")" : message.substring(bracket);
  }

  /** A problem is one line to read; a long list is in the file. */
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

  /** Names a block and whose it is, so that any key in it that is never read is refused. */
  void block(String key, String owner) {
    known.addBlock(key, owner);
  }

  /** Leaves a block out, which has a problem of its own. */
  void ignore(String key) {
    known.ignore(key);
  }

  /** The names of the blocks in a block of the top level, in the order of the file. */
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
              key + "." + name + " (expected: a block { }, named by letters, digits, - and _)");
        }
      }
    }
    return names;
  }

  /** The words in a block; none if there is no such block. */
  Set<String> wordsIn(String key) {
    return text.find(key) instanceof ConfigObject block ? block.keySet() : Set.of();
  }

  /** How many problems there are so far. */
  int problems() {
    return problems.size();
  }

  /**
   * Adds a problem of values that do not go together. The message starts with the key of the first
   * value, which is then shown as it was written.
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

  /** Adds a problem; a key that the place names is not named again. */
  void problem(String place, String what) {
    String said = "--set " + what;
    boolean isNamed = said.startsWith(place + " ") || said.startsWith(place + ":");
    problems.add(isNamed ? said : place + ": " + what);
  }

  /** What was read, in the order of the reading. */
  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Warnings about values that are allowed and probably not meant. */
  List<String> hints() {
    return List.copyOf(hints);
  }

  /**
   * Environment variables of Parley's prefix that are no key of this conf, nor one of the other
   * command's, nor among some others.
   */
  List<String> unknownVariables(Set<String> others) {
    return known.unknownVariables(text, others, Conf::ofBoth);
  }

  /** The keys of both commands but the listeners': they share the environment. */
  private static Set<String> ofBoth() {
    Set<String> keys = new HashSet<>();
    for (String command : List.of("server", "client")) {
      Reference.CONF.getConfig(command).entrySet().forEach(each -> keys.add(each.getKey()));
    }
    new GreetingProtocol().settings().forEach(each -> keys.add("settings." + each.key()));
    return keys;
  }

  /**
   * Ends the reading.
   *
   * @throws ConfException with all problems, with the keys that were never read, and with two that
   *     have one environment variable
   */
  void finish() throws ConfException {
    known.findUnknown(text, this::problem);
    known.findShared(text, this::problem);
    if (!problems.isEmpty()) {
      problems.addAll(hints); // one may be the reason
      throw new ConfException(problems);
    }
  }
}
