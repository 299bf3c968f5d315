package parley.client;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.transport.EventLoops;

/**
 * Detects code that waits, on a client's event loop, for a future of that client: the loop would
 * have to complete it. Logs the first case of each client, with its stack. Any thread may call.
 */
final class OwnLoop {

  private static final Logger LOG = LoggerFactory.getLogger(OwnLoop.class);

  private final EventLoops loops;
  private final AtomicBoolean logged = new AtomicBoolean();

  OwnLoop(EventLoops loops) {
    this.loops = loops;
  }

  /** Whether the caller is one of the client's event loops. */
  boolean isHere() {
    return loops.isLoopThread();
  }

  /** The caller is about to wait for a future that is not completed. */
  void blocks() {
    if (isHere() && logged.compareAndSet(false, true)) {
      LOG.warn(
          "join or get blocks the event loop that completes the future: compose futures, or use"
              + " the Async methods (logged once per client)",
          new IllegalStateException("blocked here"));
    }
  }
}
