package parley.internal.accept;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one descriptor in reserve. When the process has no other left, it is given up for a moment,
 * so that a connection that waits can be taken and told; else it would wait for ever, and the
 * acceptor be woken for it again and again. Used on the acceptor's thread.
 */
final class ReserveDescriptor {

  private static final Logger LOG = LoggerFactory.getLogger(ReserveDescriptor.class);

  private @Nullable SocketChannel held;

  /** Holds one, if there is one; returns whether it does. */
  boolean take() {
    try {
      if (held == null) {
        held = SocketChannel.open();
      }
      return true;
    } catch (IOException e) {
      LOG.debug("no descriptor in reserve: {}", e.toString());
      return false;
    }
  }

  /** Gives it up. */
  void giveUp() {
    SocketChannel given = held;
    held = null;
    try {
      if (given != null) {
        given.close();
      }
    } catch (IOException e) {
      LOG.debug("the descriptor in reserve: {}", e.toString());
    }
  }
}
