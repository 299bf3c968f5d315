package parley.proving;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a proof has tried and what it has found. Immutable; {@link #toString} tells it all. */
public final class Report {

  /**
   * The smallest failing case of one kind.
   *
   * @param kind what was tried
   * @param subject with what: a transcript's name, for example
   * @param lines what happened, a line each
   */
  public record Failure(String kind, String subject, List<String> lines) {

    /** Copies the list. */
    public Failure {
      lines = List.copyOf(lines);
    }

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

  /** How many cases were tried of each kind, in their order. */
  public Map<String, Integer> cases() {
    return cases;
  }

  /** One for each failing kind, the simplest kind first; none if all is well. */
  public List<Failure> failures() {
    return failures;
  }

  /** Whether all went well. */
  public boolean passed() {
    return failures.isEmpty();
  }

  /**
   * Does nothing if all went well.
   *
   * @throws ProofFailedException otherwise; its message is the smallest failing case
   */
  public void check() {
    if (!passed()) {
      throw new ProofFailedException(first());
    }
  }

  private int total() {
    return cases.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The simplest failing kind's smallest case, and the names of the others. */
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
    return text.append(complete ? "" : "\n  what comes after was not tried").toString();
  }

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
