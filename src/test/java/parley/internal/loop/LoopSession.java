package parley.internal.loop;

import java.net.SocketAddress;
import java.nio.channels.ByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.service.IoService;
import org.apache.mina.core.service.TransportMetadata;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionConfig;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * A session without a socket, on an event loop without a thread: a test runs the loop's rounds. All
 * such sessions are on one loop, so only one test at a time may use them.
 */
final class LoopSession extends NioSession {

  private static final IoSession DUMMY = new DummySession();
  private static final EventLoopGroup LOOPS = new EventLoopGroup(1, true);
  private static final AtomicInteger CUTS = new AtomicInteger();
  private static final EventLoop LOOP =
      new EventLoop(
          0,
          task -> {},
          new LoopBuffers(),
          new OutboundTotal(Long.MAX_VALUE, LoopSession::failWrites),
          1 << 20,
          () -> {});

  private final int cutsBefore = CUTS.get();

  LoopSession() {
    super(LOOPS, service(), null);
    config = DUMMY.getConfig();
    SessionState.of(this).dealTo(LOOP);
    setWriteRequestQueue(new WriteQueue(this));
  }

  private static void failWrites(Runnable task) {
    CUTS.incrementAndGet();
    task.run();
  }

  private static IoService service() {
    IoService service = DUMMY.getService();
    if (service.getHandler() == null) {
      service.setHandler(
          new IoHandlerAdapter() {
            @Override
            public void exceptionCaught(IoSession session, Throwable cause) {
              // for example, the task of a cut
            }
          });
    }
    return service;
  }

  WriteQueue queue() {
    return WriteQueue.of(this);
  }

  /** Returns how often the writes that were handed over to a cut session were failed. */
  int cuts() {
    return CUTS.get() - cutsBefore;
  }

  /** Runs a round of the loop on the caller's thread, with this as its last task. */
  static void round(Runnable last) {
    LOOP.execute(
        () -> {
          last.run();
          LOOP.wakeup(); // then it does not wait for sockets
        });
    try {
      LOOP.select(0);
      LOOP.isSelectorEmpty(); // afterwards the loop has no thread again
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean hasTasks() {
    return LOOP.hasTasks();
  }

  @Override
  public ByteChannel getChannel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public IoSessionConfig getConfig() {
    return config;
  }

  @Override
  public TransportMetadata getTransportMetadata() {
    return DUMMY.getTransportMetadata();
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return DUMMY.getRemoteAddress();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return DUMMY.getLocalAddress();
  }
}
