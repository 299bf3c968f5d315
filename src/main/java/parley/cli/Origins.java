package parley.cli;

import com.typesafe.config.ConfigOrigin;
import org.jspecify.annotations.Nullable;

/** Formats the origin of a value: a file and its line, an option, or a variable. */
final class Origins {

  private Origins() {}

  /** Returns the file of a value, or null if it is in no file or in several. */
  static @Nullable String fileOf(ConfigOrigin origin) {
    String name = origin.filename();
    return name == null || name.startsWith("merge of ") ? null : name;
  }

  /** Returns whether an origin helps a user; the library gives some values an origin of its own. */
  static boolean isOfUse(ConfigOrigin origin) {
    String description = origin.description();
    return fileOf(origin) != null
        || description.startsWith("--")
        || description.startsWith("environment variable ");
  }

  /** Returns FILE:LINE, or the option, or the variable. */
  static String place(ConfigOrigin origin) {
    String file = fileOf(origin);
    if (file == null) {
      return origin.description().replaceAll(": [0-9]+$", "");
    }
    return origin.lineNumber() < 1 ? file : file + ":" + origin.lineNumber();
  }
}
