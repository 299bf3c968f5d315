package parley.cli;

import java.util.List;
import java.util.regex.Pattern;

/** Reports all problems of a conf, one per line: place, key, value and the allowed values. */
final class ConfException extends Exception {

  private static final long serialVersionUID = 1;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\u2028\u2029]");

  ConfException(List<String> problems) {
    super(String.join("\n", problems.stream().map(ConfException::oneLine).toList()));
  }

  /** Escapes line ends and control characters, which a terminal would interpret. */
  private static String oneLine(String problem) {
    return CONTROL
        .matcher(problem)
        .replaceAll(each -> String.format("\\\\u%04x", (int) each.group().charAt(0)));
  }
}
