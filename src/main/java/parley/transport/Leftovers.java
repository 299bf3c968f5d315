package parley.transport;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fails what ended sessions have left unsent, a share in each round of their loop: a session may
 * leave very much, and the others must not wait for its futures. Used on the loop's thread; the one
 * that gives the loop up and the one that takes it on may overlap.
 */
final class Leftovers {

  /** The number of futures of a session that fail at a time. */
  static final int SHARE = 128;

  /** Shares in a round. */
  private static final int MOST = 4;

  private final Set<WriteQueue> left = new LinkedHashSet<>(0);

  synchronized void add(WriteQueue queue) {
    left.add(queue);
  }

  private synchronized @Nullable WriteQueue takeEldest() {
    Iterator<WriteQueue> eldest = left.iterator();
    if (!eldest.hasNext()) {
      return null;
    }
    WriteQueue queue = eldest.next();
    eldest.remove();
    return queue;
  }

  private synchronized boolean isEmpty() {
    return left.isEmpty();
  }

  /** Fails some; returns whether more are left. */
  boolean run() {
    for (int share = MOST; share > 0; share--) {
      WriteQueue queue = takeEldest();
      if (queue == null) {
        return false;
      }
      if (queue.failSome(SHARE)) {
        add(queue);
      }
    }
    return !isEmpty();
  }

  /** Fails all, before the loop gives its thread back. */
  void runAll() {
    while (run()) {}
  }
}
