package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses HOCON texts; an error becomes a ConfException of one line with its place. */
final class ConfParsing {

  /** The library's message for a block without an end, which does not help a user. */
  private static final String NO_BRACE = "expecting a close parentheses ')' here, not: end of file";

  private static final String NO_PROPERTIES =
      ", or you may be able to rename the file .properties rather than .conf";

  /** The nesting limit: deeper values would overflow the stack of a thread that walks them. */
  private static final int MAX_DEPTH = 100;

  /** The message for a text that is nested deeper. */
  static final String TOO_DEEP =
      "nested too deeply (expected: fewer than " + MAX_DEPTH + " levels)";

  private ConfParsing() {}

  /**
   * Runs a parser.
   *
   * @param there the place of an error, used if the parser does not report one
   * @throws ConfException if the text cannot be parsed
   */
  static Config parsed(String there, Supplier<Config> parser) throws ConfException {
    try {
      Config config = parser.get();
      ConfigValue deep = deep(config.root(), MAX_DEPTH);
      if (deep != null) {
        String file = Origins.fileOf(deep.origin());
        throw tooDeep(file == null ? there : file);
      }
      return config;
    } catch (StackOverflowError e) {
      throw tooDeep(there);
    } catch (ConfigException e) {
      String place = e.origin() == null ? there : Origins.place(e.origin());
      throw new ConfException(List.of(place + ": " + withoutPlace(e) + hint(e)));
    }
  }

  private static String hint(ConfigException e) {
    ConfigOrigin origin = e.origin();
    String file = origin == null ? null : Origins.fileOf(origin);
    return origin == null || file == null || !(e instanceof ConfigException.Parse)
        ? ""
        : Comments.hint(file, origin.lineNumber());
  }

  /** Returns a value that is the given number of levels below another, or null. */
  private static @Nullable ConfigValue deep(ConfigValue value, int levels) {
    if (levels == 0) {
      return value;
    }
    Collection<ConfigValue> inner =
        value instanceof ConfigObject block
            ? block.values()
            : value instanceof ConfigList list ? list : List.of();
    for (ConfigValue each : inner) {
      ConfigValue deep = deep(each, levels - 1);
      if (deep != null) {
        return deep;
      }
    }
    return null;
  }

  private static ConfException tooDeep(String place) {
    return new ConfException(List.of(place + ": " + TOO_DEEP));
  }

  private static String withoutPlace(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    ConfigOrigin origin = e.origin();
    String place = origin == null ? "" : origin.description() + ": ";
    String what = message.startsWith(place) ? message.substring(place.length()) : message;
    return what.replace(NO_BRACE, "a closing brace } is missing").replace(NO_PROPERTIES, "");
  }
}
