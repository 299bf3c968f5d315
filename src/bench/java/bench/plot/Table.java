package bench.plot;

import java.util.Collections;
import java.util.List;

/**
 * A table in Markdown: the first column stands left, the others right.
 *
 * @param note what stands below it, or nothing
 */
record Table(String title, List<String> heads, List<List<String>> rows, String note) {

  /** Its text, with an empty line behind it. */
  String markdown() {
    StringBuilder text = new StringBuilder("### ").append(title).append("\n\n");
    text.append(row(heads)).append("|---|");
    text.append(String.join("", Collections.nCopies(heads.size() - 1, "---:|"))).append('\n');
    rows.forEach(row -> text.append(row(row)));
    return text.append(note.isEmpty() ? "" : "\n" + note + "\n").append('\n').toString();
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
