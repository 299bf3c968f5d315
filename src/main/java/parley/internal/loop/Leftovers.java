package parley.internal.loop;

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

  /** The least number of futures that fail in a round. */
  private static final int LEAST = 4 * SHARE;

  /** In a round at least so large a part of all fails: what ends meanwhile must not pile up. */
  private static final int PART = 16;

  private final Set<WriteQueue> left = new LinkedHashSet<>(0);
  private long cost; // of all of them

  synchronized void add(WriteQueue queue) {
    if (left.add(queue)) {
      cost += queue.left();
    }
  }

  private synchronized @Nullable WriteQueue takeEldest() {
    Iterator<WriteQueue> eldest = left.iterator();
    if (!eldest.hasNext()) {
      return null;
    }
    WriteQueue queue = eldest.next();
    eldest.remove();
    cost -= queue.left();
    return queue;
  }

  private synchronized boolean isEmpty() {
    return left.isEmpty();
  }

  private synchronized long aPart() {
    return cost / WriteQueue.REQUEST_COST / PART;
  }

  /** Fails some; returns whether more are left. */
  boolean run() {
    for (long futures = Math.max(LEAST, aPart()); futures > 0; ) {
      WriteQueue queue = takeEldest();
      if (queue == null) {
        return false;
      }
      long before = queue.left();
      if (queue.failSome(SHARE)) {
        add(queue);
      }
      futures -= Math.max(SHARE, (before - queue.left()) / WriteQueue.REQUEST_COST);
    }
    return !isEmpty();
  }

  /** Fails all, before the loop gives its thread back. */
  void runAll() {
    while (run()) {}
  }
}
