package parley.transport;

import org.apache.mina.core.service.IoHandler;

/**
 * A handler whose answers may be encoded straight into the turn, by {@link Turn#answer}: with no
 * WriteRequest, no WriteFuture and no way down the chain for each.
 */
public interface Answerer extends IoHandler {

  /** Whether it does without {@code messageSent} for its answers. */
  boolean answersNeedNoRequest();
}
