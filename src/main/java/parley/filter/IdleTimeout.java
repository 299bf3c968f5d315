package parley.filter;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.transport.SessionState;

/**
 * Gives one session an idle timeout of its own, at any time: such as the keep-alive that an MQTT
 * client asks for when it connects. It replaces the listener's {@code idle-timeout}.
 */
public final class IdleTimeout {

  private static final Duration LONGEST = Duration.ofHours(24);

  private IdleTimeout() {}

  /**
   * Sets the idle timeout of a session: how long nothing may be read, sent or in flight. Any thread
   * may call.
   *
   * @param timeout 1 millisecond to 24 hours; zero for no bound
   * @throws IllegalArgumentException for another one
   */
  public static void set(IoSession session, Duration timeout) {
    if (timeout.isNegative()
        || timeout.compareTo(LONGEST) > 0
        || (!timeout.isZero() && timeout.toMillis() == 0)) {
      throw new IllegalArgumentException(
          "idle timeout: " + timeout + " (expected: PT0.001S to PT24H, or PT0S for none)");
    }
    SessionState.of(session).setIdleTimeout(timeout);
    SessionDeadlines.of(session).idleChanged();
  }

  /** The idle timeout of a session: its own, or else the listener's. */
  static Duration of(IoSession session, Duration listeners) {
    Duration own = SessionState.of(session).idleTimeout();
    return own == null ? listeners : own;
  }
}
