package parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The listings and tables of a page. */
public final class Markdown {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private Markdown() {}

  /** Returns the first fenced block of a kind, such as {@code sh} or empty, that has a word. */
  public static String listing(Path page, String kind, String word) throws IOException {
    return Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$")
        .matcher(Files.readString(page))
        .results()
        .filter(block -> block.group(1).equals(kind))
        .map(block -> block.group(2))
        .filter(text -> text.contains(word))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the rows of a table by its heading's first cell, without the outer bars. */
  public static List<String[]> table(Path page, String first) throws IOException {
    List<String[]> rows = new ArrayList<>();
    boolean isIn = false;
    for (String line : Files.readAllLines(page)) {
      boolean begins = line.startsWith("| " + first + " |");
      isIn = begins || (isIn && line.startsWith("|"));
      if (isIn && !begins && !line.startsWith("|---")) {
        rows.add(
            Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toArray(String[]::new));
      }
    }
    assertThat(rows).as("table %s of %s", first, page).isNotEmpty();
    return rows;
  }

  /** Returns the parts of a text that are between backquotes. */
  public static List<String> code(String text) {
    return CODE.matcher(text).results().map(each -> each.group(1)).toList();
  }
}
