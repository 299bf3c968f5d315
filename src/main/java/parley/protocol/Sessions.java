package parley.protocol;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Outbound;
import parley.internal.loop.SessionDeadlines;
import parley.internal.loop.SessionLifecycle;
import parley.session.EndReason;
import parley.session.Watermark;

/** Access to the state that Parley keeps for a session. Any thread may call these methods. */
public final class Sessions {

  private static final Duration LONGEST = Duration.ofHours(24);

  private Sessions() {}

  /**
   * Returns why a session ends.
   *
   * @param session the session
   * @return the reason, or null while the session is not ending
   */
  public static @Nullable EndReason endReason(IoSession session) {
    return SessionLifecycle.of(session).reason();
  }

  /**
   * Returns whether a session rose above its high watermark and has not fallen to the low one
   * since. When it falls to the low watermark, {@link Watermark#AT_LOW} follows, unless the session
   * ends first.
   *
   * @param session the session
   * @return whether it is above the high watermark
   */
  public static boolean isAboveHigh(IoSession session) {
    Outbound outbound = Outbound.of(session);
    return outbound != null && outbound.isAboveHigh();
  }

  /**
   * Gives one session its own idle timeout instead of the listener's {@code idle-timeout}, such as
   * the keep-alive that an MQTT client requests when it connects. It may be set at any time.
   *
   * @param session the session
   * @param timeout how long nothing may be read, sent or in flight: 1 millisecond to 24 hours; zero
   *     for no bound
   * @throws IllegalArgumentException if the timeout is out of range
   */
  public static void setIdleTimeout(IoSession session, Duration timeout) {
    if (timeout.isNegative()
        || timeout.compareTo(LONGEST) > 0
        || (!timeout.isZero() && timeout.toMillis() == 0)) {
      throw new IllegalArgumentException(
          "idle timeout: " + timeout + " (expected: PT0.001S to PT24H, or PT0S for none)");
    }
    SessionDeadlines.of(session).setIdle(timeout);
  }
}
