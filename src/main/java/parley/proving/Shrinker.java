package parley.proving;

import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing case smaller as long as it fails in the same way; greedy, with a bounded effort.
 */
final class Shrinker {

  private static final int TRIES = 1000;
  private static final Duration TIME = Duration.ofSeconds(5);

  private final Patience patience;
  private final long deadline = System.nanoTime() + TIME.toNanos();
  private int tries;

  Shrinker(Patience patience) {
    this.patience = patience;
  }

  /** Returns the trouble of the smallest case found. */
  Trouble shrink(Case failing, Trouble first) {
    Found smallest = new Found(failing, first);
    patience.setHurried(true);
    try {
      for (Found next = smallest; next != null; next = smaller(next)) {
        smallest = next;
      }
    } finally {
      patience.setHurried(false);
    }
    if (smallest.of() == failing) {
      return first;
    }
    Trouble again = smallest.of().play(); // with the full timeout
    return again != null && again.way().equals(first.way()) ? again : first;
  }

  private record Found(Case of, Trouble trouble) {}

  private @Nullable Found smaller(Found found) {
    Iterator<Case> all = found.of().smaller().iterator();
    while (all.hasNext() && tries < TRIES && System.nanoTime() < deadline) {
      Case smaller = all.next();
      tries++;
      if (!smaller.isSound()) {
        continue;
      }
      Trouble trouble = smaller.play();
      if (trouble != null && trouble.way().equals(found.trouble().way())) {
        return new Found(smaller, trouble);
      }
    }
    return null;
  }
}
