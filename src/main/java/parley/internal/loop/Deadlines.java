package parley.internal.loop;

import java.time.Duration;

/**
 * The deadlines of a listener's sessions; a zero time means no deadline.
 *
 * @param firstFrame how long the peer may take for its first frame, since it connected or since
 *     data was last sent to it
 * @param frame how long the peer may take to complete a frame that it has started, even if it keeps
 *     sending
 * @param idle how long nothing may be read, sent or pending
 * @param outboundRate the minimum of bytes per second that the peer accepts while data waits to be
 *     sent, on average over a window; 0 for no minimum
 * @param outboundWindow that window
 */
public record Deadlines(
    Duration firstFrame, Duration frame, Duration idle, int outboundRate, Duration outboundWindow) {

  /** No deadlines. */
  static final Deadlines NONE =
      new Deadlines(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO);

  /** Returns whether there is any deadline. */
  public boolean isAny() {
    return !(firstFrame.isZero() && frame.isZero() && idle.isZero() && outboundRate == 0);
  }

  /** Returns the minimum that a peer accepts in a window: at least one byte, if there is a rate. */
  long leastTaken() {
    return (outboundRate * outboundWindow.toMillis() + 999) / 1000;
  }
}
