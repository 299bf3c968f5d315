package parley.transport;

import java.nio.channels.ServerSocketChannel;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;

/**
 * MINA's acceptor, which takes all connections that wait, up to {@value #MOST} of a listener, each
 * time that it is woken. MINA's own takes one.
 */
public final class Acceptor extends NioSocketAcceptor {

  /** Then it looks for other work: an unbind, another address. */
  private static final int MOST = 64;

  private boolean accepted;

  /** An acceptor on a thread of an executor, whose sessions go to event loops. */
  public Acceptor(Executor executor, EventLoops loops) {
    super(executor, loops);
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
    return session;
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
