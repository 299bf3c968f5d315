package parley.mina;

import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * Parley's event loops for an acceptor or a connector of MINA's own. Several services can share
 * them; close them after the services. Any thread may call.
 *
 * <pre>{@code
 * try (EventLoops loops = new EventLoops(2)) {
 *   NioSocketAcceptor acceptor = new NioSocketAcceptor(loops.processor());
 *   ...
 *   acceptor.dispose();
 * }
 * }</pre>
 */
public final class EventLoops implements AutoCloseable {

  private final parley.internal.loop.EventLoopGroup loops;

  /**
   * Makes event loops. Each starts its thread when its first session comes.
   *
   * @param count 1 to 1024
   * @throws IllegalArgumentException for another count
   * @throws IllegalStateException if another MINA or SLF4J is first on the class path
   */
  public EventLoops(int count) {
    loops = new parley.internal.loop.EventLoopGroup(count, false);
  }

  /** Returns what the constructor of a service takes. */
  public IoProcessor<NioSession> processor() {
    return loops;
  }

  /** Returns how many sessions there are, until their channels have closed. */
  public int sessionCount() {
    return loops.sessionCount();
  }

  /**
   * Closes sessions that are left, and ends the threads. Waits up to 10 seconds for them: never
   * call it on one of the loops' threads.
   */
  @Override
  public void close() {
    loops.dispose();
  }
}
