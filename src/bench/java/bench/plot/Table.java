package bench.plot;

import java.util.Collections;
import java.util.List;

/**
 * A Markdown table: the first column is left-aligned, the others right-aligned.
 *
 * @param note the text below the table, or empty
 */
record Table(String title, List<String> heads, List<List<String>> rows, String note) {

  /** Returns its text, followed by an empty line. */
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
