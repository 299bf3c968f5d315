package parley.internal.accept;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A descriptor kept in reserve. When the process has no other left, it is given up for a moment, so
 * that a waiting connection can be accepted and refused. Otherwise that connection would wait
 * forever and keep waking the acceptor. Used on the acceptor's thread.
 */
final class ReserveDescriptor {

  private static final Logger LOG = LoggerFactory.getLogger(ReserveDescriptor.class);

  private @Nullable SocketChannel held;

  /** Takes a descriptor if one is free; returns whether it holds one. */
  boolean take() {
    try {
      if (held == null) {
        held = SocketChannel.open();
      }
      return true;
    } catch (IOException e) {
      LOG.debug("no reserve descriptor: cause=\"{}\"", e.toString());
      return false;
    }
  }

  /** Gives the descriptor up. */
  void giveUp() {
    SocketChannel given = held;
    held = null;
    try {
      if (given != null) {
        given.close();
      }
    } catch (IOException e) {
      LOG.debug("reserve descriptor not closed: cause=\"{}\"", e.toString());
    }
  }
}
