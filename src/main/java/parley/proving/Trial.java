package parley.proving;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs kinds of cases, the simplest first. A kind ends at its first failure. */
final class Trial {

  /** The limit of failing kinds: further ones add little, and each takes time. */
  static final int MOST_FAILURES = 3;

  private final String what;
  private final Patience patience;
  private final int mostFailures;
  private final Map<String, Integer> tried = new LinkedHashMap<>();
  private final List<Report.Failure> failures = new ArrayList<>();

  Trial(String what, Patience patience, int mostFailures) {
    this.what = what;
    this.patience = patience;
    this.mostFailures = mostFailures;
  }

  Report run(List<Kind> kinds) {
    boolean goOn = true;
    for (Kind kind : kinds) {
      if (!goOn) {
        break;
      }
      Trouble trouble = run(kind);
      boolean stops = trouble != null && (kind.isBasic() || trouble.isFatal());
      goOn = !stops && failures.size() < mostFailures;
    }
    return new Report(what, tried, failures, goOn);
  }

  private @Nullable Trouble run(Kind kind) {
    Iterator<? extends Case> cases = kind.cases().get().iterator();
    for (int count = 1; cases.hasNext(); count++) {
      Case next = cases.next();
      tried.put(kind.name(), count);
      Trouble trouble = next.play();
      if (trouble != null) {
        Trouble smallest =
            trouble.isFatal() ? trouble : new Shrinker(patience).shrink(next, trouble);
        failures.add(new Report.Failure(kind.name(), smallest.subject(), smallest.lines()));
        return trouble;
      }
    }
    return null;
  }
}
