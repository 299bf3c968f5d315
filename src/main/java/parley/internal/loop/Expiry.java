package parley.internal.loop;

import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.Nullable;

/**
 * Fired at the bottom of a session's chain when one of its deadlines may be due. The connection's
 * filter runs it, in the session's log context, as it does all that goes up. Used on the loop's
 * thread only.
 */
public final class Expiry implements FilterEvent {

  /** Milliseconds until a check that has failed is tried again. */
  static final int SOON = 1000;

  private @Nullable Deadline due; // until it is checked
  private int now;
  private int left;

  Expiry() {}

  /** Has a deadline checked; returns when it is next, as {@link Deadline#check} does. */
  int fire(Deadline deadline, int when) {
    due = deadline;
    now = when;
    left = SOON;
    try {
      deadline.session.getFilterChain().fireEvent(this);
    } finally {
      run(); // of a chain that has no filter of Parley's
    }
    return left;
  }

  /** Checks the deadline, once. What that throws ends the session. */
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
