package parley.proving;

/** Logs the server's bytes on one line of a case: the expected ones and the others. */
final class AnswerLog {

  private final Line line;
  private final String who;
  private final Dialog dialog;
  private int logged;

  AnswerLog(Line line, String mark, Dialog dialog) {
    this.line = line;
    this.who = "S" + mark;
    this.dialog = dialog;
  }

  /** Logs the correct answers that are not logged yet. */
  void answers(String got) {
    int from = Math.max(0, line.answers(0, logged).endIn(got));
    while (logged < line.answers()) {
      int end = line.answers(0, logged + 1).endIn(got);
      if (end < 0) {
        return;
      }
      if (end > from) {
        dialog.line(who, Shown.raw(got.substring(from, end)), "");
      }
      logged++;
      from = end;
    }
  }

  /** Returns whether all answers were correct. */
  boolean isComplete() {
    return logged == line.answers();
  }

  /** Logs the bytes after the correct answers, and the expected ones. */
  void difference(String got, int answers) {
    answers(got);
    String rest = got.substring(Math.max(0, line.answers(0, logged).endIn(got)));
    dialog.line(who, rest.isEmpty() ? "nothing" : Shown.raw(rest), "got");
    String note = line.rest() == Line.Rest.LESS ? "expected at most" : "expected";
    dialog.line(who, line.answers(logged, answers).shown(), note);
  }

  /** Logs an answer that must not come. */
  void unwanted(String rest) {
    dialog.line(who, Shown.raw(rest), "got");
    dialog.line(who, "no such answer", "expected");
  }

  /** Logs the bytes after all expected ones. */
  void rest(String rest) {
    if (!rest.isEmpty()) {
      dialog.line(who, Shown.raw(rest), "");
    }
  }
}
