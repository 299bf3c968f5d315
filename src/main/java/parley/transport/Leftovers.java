package parley.transport;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Fails what ended sessions have left unsent, a share in each round of their loop: a session may
 * leave very much, and the others must not wait for its futures. Used on the loop's thread only.
 */
final class Leftovers {

  /** What is failed of a session at a time. */
  static final int SHARE = 128;

  /** Shares in a round. */
  private static final int MOST = 4;

  private final Set<WriteQueue> left = new LinkedHashSet<>(0);

  void add(WriteQueue queue) {
    left.add(queue);
  }

  /** Fails some; returns whether more are left. */
  boolean run() {
    for (int share = MOST; share > 0 && !left.isEmpty(); share--) {
      Iterator<WriteQueue> eldest = left.iterator();
      WriteQueue queue = eldest.next();
      eldest.remove();
      if (queue.failSome(SHARE)) {
        left.add(queue);
      }
    }
    return !left.isEmpty();
  }

  /** Fails all, before the loop gives its thread back. */
  void runAll() {
    while (run()) {}
  }
}
