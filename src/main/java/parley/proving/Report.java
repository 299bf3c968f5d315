package parley.proving;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The result of a proof. Immutable; {@link #toString} has all details. */
public final class Report {

  /**
   * The smallest failing case of one kind.
   *
   * @param kind the kind of the case
   * @param subject the input, for example a transcript's name
   * @param lines the log of the case, one line each
   */
  public record Failure(String kind, String subject, List<String> lines) {

    /**
     * Creates a failure.
     *
     * @param kind the kind of the case
     * @param subject the input, for example a transcript's name
     * @param lines the log of the case, which is copied
     */
    public Failure {
      lines = List.copyOf(lines);
    }

    /** Returns the subject and the log, indented, as several lines. */
    @Override
    public String toString() {
      return "  " + subject + ", smallest case:\n    " + String.join("\n    ", lines);
    }
  }

  private final String what;
  private final Map<String, Integer> cases;
  private final List<Failure> failures;
  private final boolean complete;

  Report(String what, Map<String, Integer> cases, List<Failure> failures, boolean complete) {
    this.what = what;
    this.cases = Collections.unmodifiableMap(new LinkedHashMap<>(cases));
    this.failures = List.copyOf(failures);
    this.complete = complete;
  }

  /**
   * Returns how many cases of each kind were run.
   *
   * @return an unmodifiable map of kinds in the order of the run, the simplest first; it lacks the
   *     kinds after a stop
   */
  public Map<String, Integer> cases() {
    return cases;
  }

  /**
   * Returns one failure for each failing kind.
   *
   * @return an unmodifiable list, the simplest kind first; empty if all cases passed
   */
  public List<Failure> failures() {
    return failures;
  }

  /**
   * Returns whether all cases passed.
   *
   * @return whether no kind failed
   */
  public boolean passed() {
    return failures.isEmpty();
  }

  /**
   * Requires that all cases passed.
   *
   * @throws ProofFailedException if a case failed; its message is the smallest failing case
   */
  public void check() {
    if (!passed()) {
      throw new ProofFailedException(first());
    }
  }

  private int total() {
    return cases.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the smallest case of the simplest failing kind, and the names of the other kinds. */
  private String first() {
    Failure first = failures.get(0);
    int count = failures.size();
    StringBuilder text = new StringBuilder(what + " failed: " + first.kind() + " (");
    text.append(count == 1 ? "1 failing kind" : "1 of " + count + " failing kinds");
    text.append(Shown.number(total(), total() == 1 ? "; %d case tried)" : "; %,d cases tried)"))
        .append('\n')
        .append(first);
    if (count > 1) {
      List<String> others = failures.subList(1, count).stream().map(Failure::kind).toList();
      text.append("\n  also failing: ").append(String.join("; ", others));
    }
    return text.append(complete ? "" : "\n  later kinds were not run").toString();
  }

  /** Returns the number of cases of each kind, and all failures, as several lines. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(what);
    text.append(passed() ? " passed: " : " failed: ").append(Shown.number(total(), "%,d cases"));
    cases.forEach((kind, count) -> text.append(Shown.number(count, "\n  %,7d  ")).append(kind));
    failures.forEach(
        failure -> text.append("\n").append(failure.kind()).append("\n").append(failure));
    return text.toString();
  }
}
