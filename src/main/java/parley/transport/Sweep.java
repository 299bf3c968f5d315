package parley.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks at the deadlines of a loop's sessions, each four times within the shortest of them, and at
 * {@value #MOST_AT_ONCE} between two rounds: no timer, no lock and no thread for a deadline, and so
 * each may pass a quarter late. Used on the loop's thread only.
 */
public final class Sweep {

  private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Sweep.class), Level.ERROR);

  private static final int MOST_AT_ONCE = 1024;
  private static final int LEAST_TICK = 5;
  private static final int MOST_TICK = 1000;

  private final List<Swept> all = new ArrayList<>();
  private int left; // to be looked at in this run, the first ones
  private int tick = MOST_TICK;
  private int due = now();
  private int seen = now();

  Sweep() {}

  /** Milliseconds of a clock that nobody sets; it wraps around, so only differences count. */
  public static int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  void add(Swept swept, Duration shortest) {
    long quarter = shortest.toMillis() / 4;
    tick = (int) Math.min(tick, Math.max(LEAST_TICK, quarter));
    if (due - now() > tick || all.isEmpty()) {
      due = now() + tick;
    }
    swept.place = all.size();
    all.add(swept);
  }

  /** Its place is taken by the last one, at which a run looks first, and then perhaps again. */
  void remove(Swept swept) {
    if (swept.place < 0) {
      return;
    }
    Swept last = all.remove(all.size() - 1);
    if (last != swept) {
      all.set(swept.place, last);
      last.place = swept.place;
    }
    swept.place = -1;
  }

  /** The loop has just asked which sockets are ready; it reads those before the next run. */
  void socketsSeen() {
    seen = now();
  }

  /**
   * Looks at those that are due, a share of them, as of when the sockets were last seen: what came
   * while the loop was held up is not read yet, and its sender not late. Returns whether others are
   * left.
   */
  boolean run() {
    if (left == 0) {
      if (all.isEmpty() || seen - due < 0) {
        return false;
      }
      due = now() + tick;
      left = all.size();
    }
    for (int share = MOST_AT_ONCE; share > 0 && left > 0; share--) {
      left = Math.min(left, all.size()); // some may have been removed
      if (left > 0) {
        look(all.get(--left));
      }
    }
    return left > 0;
  }

  private void look(Swept swept) {
    if (!((NioSession) swept.session).getChannel().isOpen()) {
      remove(swept);
      return;
    }
    try {
      swept.sweep(seen);
    } catch (Throwable thrown) {
      LOG.log("a deadline could not be looked at", thrown);
    }
  }

  /** How long the loop may wait for sockets, in milliseconds, at least 1. */
  long timeout(long most) {
    return all.isEmpty() ? most : Math.min(most, Math.max(1, due - now()));
  }
}
