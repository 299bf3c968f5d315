package parley.cli;

import com.typesafe.config.ConfigOrigin;
import org.jspecify.annotations.Nullable;

/** Shows where a value comes from: a file and its line, an option, or a variable. */
final class Origins {

  private Origins() {}

  /** Returns the file that has a value, or null if several files have it, or none. */
  static @Nullable String fileOf(ConfigOrigin origin) {
    String name = origin.filename();
    return name == null || name.startsWith("merge of ") ? null : name;
  }

  /** Whether a user can find it: the library gives some values an origin of its own. */
  static boolean isOfUse(ConfigOrigin origin) {
    String said = origin.description();
    return fileOf(origin) != null
        || said.startsWith("--")
        || said.startsWith("environment variable ");
  }

  /** Returns FILE:LINE, or the option or variable. */
  static String place(ConfigOrigin origin) {
    String file = fileOf(origin);
    if (file == null) {
      return origin.description().replaceAll(": [0-9]+$", "");
    }
    return origin.lineNumber() < 1 ? file : file + ":" + origin.lineNumber();
  }
}
