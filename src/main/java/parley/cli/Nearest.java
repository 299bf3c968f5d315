package parley.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known word that the user probably meant. */
final class Nearest {

  private Nearest() {}

  /** Returns the known word with the fewest edits, if they are at most half of the given word. */
  static Optional<String> to(String given, Collection<String> known) {
    return known.stream()
        .filter(word -> edits(given, word) <= Math.max(2, given.length() / 2))
        .min(Comparator.comparingInt((String word) -> edits(given, word)).thenComparing(w -> w));
  }

  /** Returns {@code (nearest: WORD; expected: WORD, WORD)} for a message. */
  static String expected(String given, Collection<String> known) {
    return "("
        + to(given, known).map(word -> "nearest: " + word + "; ").orElse("")
        + "expected: "
        + (known.isEmpty() ? "none" : String.join(", ", known))
        + ")";
  }

  /** Returns the Levenshtein distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
