package parley.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;

/**
 * MINA's acceptor, which takes all connections that wait, up to {@value #MOST} of a listener, each
 * time that it is woken. MINA's own takes one. A connection beyond a limit gets the last word of
 * its protocol and is closed; its handler never knows of it.
 */
public final class Acceptor extends NioSocketAcceptor {

  /** Then it looks for other work: an unbind, another address. */
  private static final int MOST = 64;

  private static final SessionAttribute<InetAddress> SOURCE =
      new SessionAttribute<>(Acceptor.class, "source");

  private final Admission admission;
  private final Refusal refusal;
  private final SessionLimits limits;
  private boolean accepted;

  /**
   * An acceptor on a thread of an executor, whose sessions go to event loops.
   *
   * @param admission what it takes
   * @param refusal what others get
   * @param limits of the sessions
   */
  public Acceptor(
      Executor executor,
      EventLoops loops,
      Admission admission,
      Refusal refusal,
      SessionLimits limits) {
    super(executor, loops);
    this.limits = limits;
    this.admission = admission;
    this.refusal = refusal;
  }

  @Override
  protected void processHandles(Iterator<ServerSocketChannel> handles) throws Exception {
    super.processHandles(new Repeating(handles));
  }

  @Override
  protected @Nullable NioSession accept(
      IoProcessor<NioSession> processor, ServerSocketChannel handle) throws Exception {
    NioSession session = super.accept(processor, handle);
    accepted = session != null;
    return session == null || isAdmitted(session) ? session : null;
  }

  private boolean isAdmitted(NioSession session) throws IOException {
    if (!(session.getRemoteAddress() instanceof InetSocketAddress peer)) {
      session.getChannel().close();
      return false; // gone already
    }
    Admission.Limit limit = admission.enter(peer.getAddress());
    if (limit != null) {
      refusal.refuse(session, limit);
    }
    return limit == null;
  }

  SessionLimits limits() {
    return limits;
  }

  /** An admitted session goes to its loop; it has attributes from now on. */
  void entered(IoSession session) {
    if (session.getRemoteAddress() instanceof InetSocketAddress peer) {
      SOURCE.set(session, peer.getAddress());
    }
  }

  /** An admitted session has ended. */
  void left(IoSession session) {
    InetAddress source = SOURCE.ifMade(session);
    if (source != null) {
      admission.leave(source);
    }
  }

  /** Gives each handle again as long as something was accepted. */
  private final class Repeating implements Iterator<ServerSocketChannel> {

    private final Iterator<ServerSocketChannel> handles;
    private @Nullable ServerSocketChannel current;
    private int times;

    Repeating(Iterator<ServerSocketChannel> handles) {
      this.handles = handles;
    }

    private boolean again() {
      return current != null && accepted && times < MOST;
    }

    @Override
    public boolean hasNext() {
      return again() || handles.hasNext();
    }

    @Override
    public ServerSocketChannel next() {
      if (!again()) {
        current = handles.next();
        times = 0;
      }
      if (current == null) {
        throw new NoSuchElementException();
      }
      times++;
      return current;
    }

    /** The first time of each: it is not selected any more, whatever comes of it. */
    @Override
    public void remove() {
      if (times == 1) {
        handles.remove();
      }
    }
  }
}
