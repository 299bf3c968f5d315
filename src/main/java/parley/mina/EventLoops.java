package parley.mina;

import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * Parley's event loops for MINA's acceptors and connectors. Several services can share them; close
 * them after the services. Any thread may call these methods.
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
   * Creates event loops. Each one starts its thread when its first session comes.
   *
   * @param count 1 to 1024
   * @throws IllegalArgumentException if the count is out of range
   * @throws IllegalStateException if another version of MINA or SLF4J is first on the class path
   */
  public EventLoops(int count) {
    loops = new parley.internal.loop.EventLoopGroup(count, false);
  }

  /** {@return the processor for the constructor of a MINA service} */
  public IoProcessor<NioSession> processor() {
    return loops;
  }

  /** {@return how many sessions there are; a session counts until its channel has closed} */
  public int sessionCount() {
    return loops.sessionCount();
  }

  /**
   * Closes the remaining sessions and ends the threads. Waits up to 10 seconds for them, so never
   * call it on a thread of the loops.
   */
  @Override
  public void close() {
    loops.dispose();
  }
}
