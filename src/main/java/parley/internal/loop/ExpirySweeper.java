package parley.internal.loop;

import java.util.Arrays;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.telemetry.RareLog;

/**
 * Stores when each deadline of a loop's sessions may be due at the earliest, and checks the ones
 * that may be due, at most {@value #MOST_AT_ONCE} between two rounds. The others cost nothing: the
 * loop sleeps until the earliest of all. If a deadline was postponed, its check finds that out and
 * returns when the next check is.
 *
 * <p>Each check leads to a next one, unless the deadline itself waits for an event or its session's
 * channel has closed. The sweeper is a binary heap in an array, in which each deadline has its
 * place. Used on the event-loop thread only.
 */
final class ExpirySweeper {

  private static final RareLog LOG =
      new RareLog(LoggerFactory.getLogger(ExpirySweeper.class), Level.ERROR);

  private static final int MOST_AT_ONCE = 1024;

  private final Expiry event = new Expiry();
  private Deadline[] heap = new Deadline[16];
  private int size;

  /** Plans a check of a deadline at a time, unless an earlier one is planned. */
  void file(Deadline its, int time) {
    if (its.filed) {
      if (its.expiry - time > 0) {
        its.expiry = time;
        up(its, its.place);
      }
    } else if (!isOver(its.session)) {
      its.expiry = time;
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      up(its, size++);
      SessionState.of(its.session).link(its);
      its.filed = true;
    }
  }

  private static boolean isOver(IoSession session) {
    return session instanceof NioSession nio && !nio.getChannel().isOpen();
  }

  void remove(Deadline its) {
    if (!its.filed) {
      return;
    }
    its.filed = false;
    SessionState.of(its.session).unlink(its);
    Deadline last = heap[--size];
    heap[size] = null;
    if (last != its) {
      up(last, its.place);
      down(last, last.place);
    }
  }

  /** Removes the deadlines of a session whose channel has closed. */
  void forget(IoSession session) {
    SessionState state = SessionState.of(session);
    for (Deadline its = state.filed(); its != null; its = state.filed()) {
      remove(its);
    }
  }

  /** Checks the deadlines that may be due by a time; returns whether others are left. */
  boolean run(int now) {
    for (int left = MOST_AT_ONCE; size > 0 && heap[0].expiry - now <= 0; left--) {
      if (left == 0) {
        return true;
      }
      check(heap[0], now);
    }
    return false;
  }

  /**
   * Checks one deadline. It is not filed during the check: another thread with news for it files it
   * again.
   */
  private void check(Deadline its, int now) {
    remove(its);
    int left = Expiry.SOON;
    try {
      left = event.fire(its, now);
    } catch (Throwable thrown) {
      LOG.log("deadline check failed", thrown);
    }
    if (left != Deadline.NEVER) {
      file(its, now + Math.max(1, Math.min(left, Deadline.LONGEST)));
    }
  }

  /** Returns how long the loop may wait for sockets, in milliseconds, 1 to {@code most}. */
  long timeout(int now, long most) {
    return size == 0 ? most : Math.max(1, Math.min(most, heap[0].expiry - now));
  }

  /** Returns the number of filed deadlines. */
  int size() {
    return size;
  }

  /** Puts a deadline at a free place, or above it. */
  private void up(Deadline its, int free) {
    int place = free;
    while (place > 0 && heap[(place - 1) / 2].expiry - its.expiry > 0) {
      put(heap[(place - 1) / 2], place);
      place = (place - 1) / 2;
    }
    put(its, place);
  }

  /** Puts a deadline at its place, or below it. */
  private void down(Deadline its, int from) {
    int place = from;
    for (int child = earlierChild(place);
        child < size && its.expiry - heap[child].expiry > 0;
        child = earlierChild(place)) {
      put(heap[child], place);
      place = child;
    }
    put(its, place);
  }

  private int earlierChild(int place) {
    int left = 2 * place + 1;
    return left + 1 < size && heap[left].expiry - heap[left + 1].expiry > 0 ? left + 1 : left;
  }

  private void put(Deadline its, int place) {
    heap[place] = its;
    its.place = place;
  }
}
