package parley.internal.loop;

import java.time.Duration;

/**
 * The deadlines of a listener's sessions; one of no time is none.
 *
 * @param firstFrame how long the peer may take for its first frame, from the connection on or from
 *     what was sent to it last
 * @param frame how long it may take for a frame that it has begun, whatever it sends meanwhile
 * @param idle how long nothing may be read, sent or in flight
 * @param outboundRate the bytes a second that it takes at least of what waits to be sent, on
 *     average over a window; 0 for no such rule
 * @param outboundWindow that window
 */
public record Deadlines(
    Duration firstFrame, Duration frame, Duration idle, int outboundRate, Duration outboundWindow) {

  /** No deadline. */
  static final Deadlines NONE =
      new Deadlines(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO);

  /** Whether there is one. */
  public boolean isAny() {
    return !(firstFrame.isZero() && frame.isZero() && idle.isZero() && outboundRate == 0);
  }

  /** The least that a peer takes in a window: a byte, if there is a rate at all. */
  long leastTaken() {
    return (outboundRate * outboundWindow.toMillis() + 999) / 1000;
  }
}
