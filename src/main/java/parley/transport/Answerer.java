package parley.transport;

import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;

/**
 * A handler whose answers may be encoded straight into the turn, by {@link Turn#answer}: with no
 * WriteRequest, no WriteFuture and no way down the chain for each.
 */
public interface Answerer extends IoHandler {

  /**
   * Whether the answers of a turn that begins now may go into it as they come: the handler does
   * without {@code messageSent} for them, and none has to wait for an earlier one. Where that
   * changes in the turn, it says so by {@link Turn#takeNoAnswers}.
   */
  boolean answersInTurn(IoSession session);

  /** As {@code messageReceived}, in an open turn of the session's, on its loop's thread. */
  void messageReceived(IoSession session, Object frame, Turn turn) throws Exception;
}
