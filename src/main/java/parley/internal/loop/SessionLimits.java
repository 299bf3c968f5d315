package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;

/**
 * What a listener's sessions may take.
 *
 * @param framesPerTurn the frames of a session that are handled before the others' turns
 * @param outboundHigh reading and handling are suspended while more bytes than this wait to be sent
 * @param outboundLow until there are so few
 * @param outboundMost who has more is cut
 * @param answerTimeout how long the handler may take to answer a frame; zero for no bound
 */
public record SessionLimits(
    int framesPerTurn,
    int outboundHigh,
    int outboundLow,
    int outboundMost,
    Duration answerTimeout) {

  private static final int MANY = Integer.MAX_VALUE;

  /** A client's: it knows what it asks for. */
  private static final SessionLimits NONE =
      new SessionLimits(1024, MANY, MANY, MANY, Duration.ZERO);

  /** Those of a session. */
  public static SessionLimits of(IoSession session) {
    return session.getService() instanceof AdmittingService admitting ? admitting.limits() : NONE;
  }
}
