package parley.transport;

import java.time.Duration;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;

/**
 * A handler whose answers may be encoded straight into the turn, by {@link Turn#answer}: with no
 * WriteRequest, no WriteFuture and no way down the chain for each.
 */
public interface Answerer extends IoHandler {

  /** Whether {@code messageSent} is to be called for its answers, so that each needs a request. */
  boolean tellsSent();

  /** How long it may take to answer a frame, from its delivery on; zero for no bound. */
  Duration timeoutOf(IoSession session, Object frame);

  /**
   * Ends a session whose frame it has not been given within that time. Called on the loop's thread.
   *
   * @param timeout the time
   */
  void answerTimedOut(IoSession session, Object frame, Duration timeout);

  /** As {@code messageReceived}, in an open turn of the session's, on its loop's thread. */
  void messageReceived(IoSession session, Object frame, Turn turn) throws Exception;
}
