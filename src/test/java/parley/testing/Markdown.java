package parley.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The listings of a page. */
public final class Markdown {

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
}
