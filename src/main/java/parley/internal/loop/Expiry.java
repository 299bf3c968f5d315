package parley.internal.loop;

import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event at the bottom of a session's chain: one of its deadlines may be due. The connection's
 * filter runs it in the session's log context, like all events that go up. Used on the event-loop
 * thread only.
 */
public final class Expiry implements FilterEvent {

  /** The milliseconds after which a failed check is repeated. */
  static final int SOON = 1000;

  private @Nullable Deadline due; // until it is checked
  private int now;
  private int left;

  Expiry() {}

  /**
   * Fires the event for a deadline; returns when it is next due, as {@link Deadline#check} does.
   */
  int fire(Deadline deadline, int when) {
    due = deadline;
    now = when;
    left = SOON;
    try {
      deadline.session.getFilterChain().fireEvent(this);
    } finally {
      run(); // for a chain without Parley's filters
    }
    return left;
  }

  /** Checks the deadline, once. An exception from the check ends the session. */
  public void run() {
    Deadline its = due;
    if (its == null) {
      return;
    }
    due = null;
    try {
      left = its.check(now);
    } catch (RuntimeException | Error thrown) {
      IoSession session = its.session;
      IoFilterChain chain = session.getFilterChain();
      chain.fireExceptionCaught(thrown);
      session.closeNow();
    }
  }
}
