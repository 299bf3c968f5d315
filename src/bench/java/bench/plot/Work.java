package bench.plot;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A work of a closed loop, such as {@code 64x16-4KiB}.
 *
 * @param variant the part after connections and depth: {@code ""}, {@code -4KiB}, {@code -2cores}
 */
record Work(String name, int connections, int depth, String variant) {

  private static final Pattern NAME = Pattern.compile("(\\d+)x(\\d+)((?:-.+)?)");

  /** Returns the work with a name; empty if it is of another kind, such as {@code connects}. */
  static Optional<Work> of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int connections = Integer.parseInt(matcher.group(1));
    int depth = Integer.parseInt(matcher.group(2));
    return Optional.of(new Work(name, connections, depth, matcher.group(3)));
  }

  /** Returns the variant in words, after a comma; empty for the plain one. */
  static String words(String variant) {
    return variant
        .replaceAll("-(\\d+)KiB", ", lines of $1 KiB")
        .replaceAll("-(\\d+)cores", ", $1 event loops")
        .replace("-", ", ");
  }
}
