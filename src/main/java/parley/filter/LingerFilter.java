package parley.filter;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import parley.transport.EventLoop;
import parley.transport.EventLoops;
import parley.transport.Input;
import parley.transport.SessionLifecycle;
import parley.transport.Sweep;
import parley.transport.Swept;
import parley.transport.WriteQueue;

/**
 * Closes a session that has sent its last word so that the word arrives: ends the output (FIN),
 * drops what the peer still sends, and closes when the peer does or at a deadline.
 *
 * <p>A socket that is closed with unread input answers with a reset, and the peer then loses what
 * it has not read yet (RFC 1122, 4.2.2.13): the {@code ERR} line of a request too long, or the last
 * answers before a drain. {@code closeNow} does not linger.
 */
final class LingerFilter extends IoFilterAdapter {

  private final EventLoops loops;
  private final Duration deadline;

  LingerFilter(EventLoops loops, Duration deadline) {
    this.loops = loops;
    this.deadline = deadline;
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) {
    WriteQueue.boundClose(session, deadline);
    next.sessionCreated(session);
  }

  @Override
  public void filterClose(NextFilter next, IoSession session) throws Exception {
    if (!WriteQueue.isFlushed(session) || Input.of(session).isEnded() || !linger(session)) {
      next.filterClose(session);
    }
  }

  private boolean linger(IoSession session) {
    if (EventLoop.of(session) == null
        || !(session instanceof NioSession nio)
        || !(nio.getChannel() instanceof SocketChannel channel)
        || loops.isDisposing()) {
      return false;
    }
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      return false; // the peer is gone: nothing to wait for
    }
    Lingering lingering = new Lingering(nio);
    SessionLifecycle.of(session).linger(lingering);
    lingering.watch(deadline);
    Input.of(session).readToTheEnd();
    return true;
  }

  @SuppressWarnings("unchecked")
  private static void remove(AbstractIoSession session) {
    if (session.isConnected()) {
      session.getProcessor().remove(session);
    }
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) {
    if (SessionLifecycle.of(session).lingering() == null) {
      next.messageReceived(session, message);
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    if (SessionLifecycle.of(session).lingering() != null) {
      remove((AbstractIoSession) session);
    } else {
      next.inputClosed(session);
    }
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) {
    Swept lingering = SessionLifecycle.of(session).lingering();
    if (lingering != null) {
      lingering.unwatch();
    }
    next.sessionClosed(session);
  }

  /** A session that waits for its peer's end of stream. */
  private final class Lingering extends Swept {

    private final int since = Sweep.now();

    Lingering(IoSession session) {
      super(session);
    }

    @Override
    protected void sweep(int now) {
      if (now - since >= deadline.toMillis()) {
        remove((AbstractIoSession) session);
      }
    }
  }
}
