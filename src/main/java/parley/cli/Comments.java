package parley.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Finds values that a comment cuts short: in HOCON an unquoted # or // starts a comment. */
final class Comments {

  private static final String BEGINS = "an unquoted # or // starts a comment";

  /** Does not match the {@code ://} of an address in quotes. */
  private static final Pattern IN_PLACE_OF_A_VALUE = Pattern.compile("(=\\s*|:\\s+)(#|//)|:#");

  private Comments() {}

  /**
   * Returns a hint if a comment directly follows a value, without a space; otherwise an empty text.
   *
   * @param line the line of the value, from 1
   * @param name the last name of its key
   * @param value the value in effect
   */
  static String hint(String file, int line, String name, String value) {
    Pattern cut =
        Pattern.compile(
            Pattern.quote(name) + "\"?\\s*[=:]\\s*\"?" + Pattern.quote(value) + "\"?(#|//)");
    return cut.matcher(line(file, line)).find()
        ? "ends where " + BEGINS + " (expected: \"...\" around a text that contains one)"
        : "";
  }

  /**
   * Returns a hint if there is a comment instead of a value, in the line of a syntax error or in
   * the line before it; otherwise an empty text.
   */
  static String hint(String file, int line) {
    for (int each = line; each > line - 2; each--) {
      if (IN_PLACE_OF_A_VALUE.matcher(line(file, each)).find()) {
        return " (in line " + each + " " + BEGINS + ")";
      }
    }
    return "";
  }

  /** Reads one line again; a pipe cannot be read twice. */
  private static String line(String file, int number) {
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      return "";
    }
    try {
      List<String> lines =
          new String(Files.readAllBytes(path), StandardCharsets.UTF_8).lines().toList();
      return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
