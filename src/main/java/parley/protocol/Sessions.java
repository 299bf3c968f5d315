package parley.protocol;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Outbound;
import parley.internal.loop.SessionDeadlines;
import parley.internal.loop.SessionLifecycle;
import parley.session.EndReason;
import parley.session.Watermark;

/** Asks and sets what Parley keeps for a session. Any thread may call. */
public final class Sessions {

  private static final Duration LONGEST = Duration.ofHours(24);

  private Sessions() {}

  /** Returns why a session ends, or null while it does not. */
  public static @Nullable EndReason endReason(IoSession session) {
    return SessionLifecycle.of(session).reason();
  }

  /**
   * Returns whether a session is above its high watermark, or has not fallen to the low one since.
   * Then {@link Watermark#AT_LOW} comes after it has, unless the session ends before.
   */
  public static boolean isAboveHigh(IoSession session) {
    Outbound outbound = Outbound.of(session);
    return outbound != null && outbound.isAboveHigh();
  }

  /**
   * Gives one session an idle timeout of its own instead of the listener's {@code idle-timeout}, at
   * any time: such as the keep-alive that an MQTT client asks for when it connects.
   *
   * @param timeout how long nothing may be read, sent or in flight: 1 millisecond to 24 hours; zero
   *     for no bound
   * @throws IllegalArgumentException for another one
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
