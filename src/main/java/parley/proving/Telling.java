package parley.proving;

/** Writes down what a server said on one line of a case: what was right, and what was not. */
final class Telling {

  private final Line line;
  private final String who;
  private final Dialog dialog;
  private int told;

  Telling(Line line, String mark, Dialog dialog) {
    this.line = line;
    this.who = "S" + mark;
    this.dialog = dialog;
  }

  /** Tells the answers that are right and were not told yet. */
  void answers(String got) {
    int from = Math.max(0, line.answers(0, told).endIn(got));
    while (told < line.answers()) {
      int end = line.answers(0, told + 1).endIn(got);
      if (end < 0) {
        return;
      }
      if (end > from) {
        dialog.line(who, Shown.raw(got.substring(from, end)), "");
      }
      told++;
      from = end;
    }
  }

  /** Whether all answers were right. */
  boolean isComplete() {
    return told == line.answers();
  }

  /** Tells what has come behind the answers that are right, and what should have. */
  void difference(String got, int answers) {
    answers(got);
    String rest = got.substring(Math.max(0, line.answers(0, told).endIn(got)));
    dialog.line(who, rest.isEmpty() ? "nothing" : Shown.raw(rest), "got");
    String note = line.rest() == Line.Rest.LESS ? "expected at most" : "expected";
    dialog.line(who, line.answers(told, answers).shown(), note);
  }

  /** Tells an answer that must not come. */
  void unwanted(String rest) {
    dialog.line(who, Shown.raw(rest), "got");
    dialog.line(who, "no such answer", "expected");
  }

  /** Tells what came behind all that was expected. */
  void rest(String rest) {
    if (!rest.isEmpty()) {
      dialog.line(who, Shown.raw(rest), "");
    }
  }
}
