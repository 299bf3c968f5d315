package parley.internal.chain;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import parley.internal.loop.Deadline;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Input;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.WriteQueue;

/**
 * Closes a session that has sent its last word so that the word arrives: ends the output (FIN),
 * drops what the peer still sends, and closes when the peer does or at a deadline.
 *
 * <p>A socket that is closed with unread input answers with a reset, and the peer then loses what
 * it has not read yet (RFC 1122, 4.2.2.13): the {@code ERR} line of a request too long, or the last
 * answers before a drain. {@code closeNow} does not linger.
 */
final class Lingering {

  private Lingering() {}

  /** Lets a session linger that closes, if there is something to wait for. */
  static boolean begin(IoSession session, Duration most) {
    if (most.isZero()
        || !WriteQueue.isFlushed(session)
        || Input.of(session).isEnded()
        || EventLoop.of(session) == null
        || !(session instanceof NioSession nio)
        || !(nio.getChannel() instanceof SocketChannel channel)) {
      return false;
    }
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      return false; // the peer is gone: nothing to wait for
    }
    SessionLifecycle.of(session).linger();
    Deadline.once(session, most, () -> end(session));
    return true;
  }

  /** The peer has closed, or had its time. */
  static void end(IoSession session) {
    if (session instanceof NioSession nio && nio.isConnected()) {
      nio.getProcessor().remove(nio);
    }
  }
}
