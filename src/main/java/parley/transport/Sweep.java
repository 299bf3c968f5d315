package parley.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Checks the deadlines of a loop's sessions, each at least eight times within the shortest that it
 * has, but not more often than every {@value #LEAST_TICK} ms and at least once a second, and at
 * most {@value #MOST_AT_ONCE} between two rounds: no timer, no lock and no thread for a deadline.
 * So each may pass late, by less than a quarter or 10 ms, and never early. Used on the loop's
 * thread only.
 */
public final class Sweep {

  private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Sweep.class), Level.ERROR);

  private static final int MOST_AT_ONCE = 1024;

  /** Within the shortest deadline: what begins after a check is late by less than two. */
  private static final int CHECKS = 8;

  private static final int LEAST_TICK = 5;
  private static final int MOST_TICK = 1000;

  /** Those that are checked equally often: short deadlines of some do not quicken the others. */
  static final class Group {
    final int tick; // milliseconds between two checks
    private final List<Swept> all = new ArrayList<>();
    private int left; // to be checked in this run, the first ones
    private int due;

    private Group(int tick) {
      this.tick = tick;
    }
  }

  private final List<Group> groups = new ArrayList<>(); // from the shortest tick on
  private int seen = now();

  Sweep() {
    for (int tick = LEAST_TICK; tick < MOST_TICK; tick *= 2) {
      groups.add(new Group(tick));
    }
    groups.add(new Group(MOST_TICK));
  }

  /** Milliseconds of a clock that nobody sets; it wraps around, so only differences count. */
  public static int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Checks it from now on; one that it checked before, perhaps more or less often. */
  void add(Swept swept, Duration shortest) {
    remove(swept);
    Group group = groups.get(0);
    for (Group next : groups) {
      group = next.tick <= shortest.toMillis() / CHECKS ? next : group;
    }
    if (group.all.isEmpty()) {
      group.due = now() + group.tick;
    }
    swept.group = group;
    swept.place = group.all.size();
    group.all.add(swept);
  }

  /** The last one takes its place, which a run checks first, and then perhaps again. */
  void remove(Swept swept) {
    Group group = swept.group;
    if (group == null) {
      return;
    }
    Swept last = group.all.remove(group.all.size() - 1);
    if (last != swept) {
      group.all.set(swept.place, last);
      last.place = swept.place;
    }
    swept.group = null;
  }

  /** The loop has just asked which sockets are ready; it reads those before the next run. */
  void socketsSeen() {
    seen = now();
  }

  /**
   * Checks those that are due, as of when the sockets were last seen: what came while the loop was
   * held up is not read yet, and its sender not late. Each group that is due has an equal share of
   * a run; what one leaves goes to the shortest. Returns whether others are left.
   */
  boolean run() {
    int begun = 0;
    for (Group group : groups) {
      if (group.left == 0 && !group.all.isEmpty() && seen - group.due >= 0) {
        group.due = now() + group.tick;
        group.left = group.all.size();
      }
      begun += group.left > 0 ? 1 : 0;
    }
    int rest = MOST_AT_ONCE;
    int each = rest / Math.max(1, begun); // the shortest may be due again at once
    for (Group group : groups) {
      rest -= check(group, each);
    }
    boolean more = false;
    for (Group group : groups) {
      rest -= check(group, rest);
      more |= group.left > 0;
    }
    return more;
  }

  /** Checks up to {@code most} of a group; returns how many it has checked. */
  private int check(Group group, int most) {
    int checked = 0;
    while (checked < most && group.left > 0) {
      group.left = Math.min(group.left, group.all.size()); // some may have been removed
      if (group.left > 0) {
        check(group.all.get(--group.left));
        checked++;
      }
    }
    return checked;
  }

  private void check(Swept swept) {
    if (!((NioSession) swept.session).getChannel().isOpen()) {
      remove(swept);
      return;
    }
    try {
      swept.sweep(seen);
    } catch (Throwable thrown) {
      LOG.log("a deadline could not be checked", thrown);
    }
  }

  /** How long the loop may wait for sockets, in milliseconds, at least 1. */
  long timeout(long most) {
    long least = most;
    int now = now();
    for (Group group : groups) {
      if (!group.all.isEmpty()) {
        least = Math.min(least, Math.max(1, group.due - now));
      }
    }
    return least;
  }
}
