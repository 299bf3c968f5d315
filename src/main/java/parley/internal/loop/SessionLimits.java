package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;

/**
 * The limits that the engine checks in each session of a listener.
 *
 * @param framesPerTurn how many frames of a session are handled before the turns of others
 * @param outboundHigh the high watermark: with more bytes than this waiting to be sent, a session
 *     is neither read nor served
 * @param outboundLow the low watermark: with at most this many bytes, it is read and served again
 * @param outboundMost a session with more bytes than this waiting to be sent is cut
 * @param answerTimeout how long the handler may take to answer a frame; zero for no limit
 */
public record SessionLimits(
    int framesPerTurn,
    int outboundHigh,
    int outboundLow,
    int outboundMost,
    Duration answerTimeout) {

  private static final int MANY = Integer.MAX_VALUE;

  /** The limits of a client, which itself decides how much it requests. */
  private static final SessionLimits NONE =
      new SessionLimits(1024, MANY, MANY, MANY, Duration.ZERO);

  /** Returns the limits of a session's listener. */
  public static SessionLimits of(IoSession session) {
    return session.getService() instanceof AdmittingService admitting ? admitting.limits() : NONE;
  }
}
