package parley.transport;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioProcessor;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the bytes of its sessions on one thread: waits until sockets are ready, reads each once,
 * runs its filter chain, then writes what was answered.
 *
 * <p>MINA's NioProcessor with five differences: an Error does not end it, an interrupt flag that a
 * callback left is cleared, data and end of stream reach the chain apart, the end of stream is read
 * once, and a change of a session's read interest takes effect at once from any thread.
 */
public final class EventLoop extends NioProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final AttributeKey CREATED = new AttributeKey(EventLoop.class, "created");
  private static final AttributeKey ENDED = new AttributeKey(EventLoop.class, "ended");

  private final Runnable removed;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread thread;

  /**
   * A loop that takes a thread of {@code executor} while it has sessions.
   *
   * @param removed runs after a session has ended
   */
  EventLoop(Executor executor, Runnable removed) {
    super(new RestartingExecutor(executor));
    this.removed = removed;
  }

  /** Whether the caller runs on this loop's thread. */
  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs a task on this loop's thread between two turns, before it waits for sockets again. Any
   * thread may call. If the loop has no session any more, the task waits until it has one again.
   */
  public void execute(Runnable task) {
    tasks.add(task);
    wakeup();
  }

  @Override
  protected int select(long timeout) throws Exception {
    thread = Thread.currentThread();
    Thread.interrupted(); // a flag left by a callback would make every select() return at once
    for (int left = tasks.size(); left > 0; left--) {
      run(tasks.poll());
    }
    return super.select(timeout);
  }

  private static void run(@Nullable Runnable task) {
    try {
      if (task != null) {
        task.run();
      }
    } catch (Throwable thrown) {
      LOG.error("a task of the event loop failed", thrown);
    }
  }

  /**
   * Reads once a turn. MINA asks again until nothing is there; the selector is level-triggered, so
   * what is left shows up in the next turn, and the end of stream never comes with data.
   */
  @Override
  protected int read(NioSession session, IoBuffer buffer) throws Exception {
    if (buffer.position() != 0) {
      return 0;
    }
    int count;
    try {
      count = super.read(session, buffer);
    } catch (IOException e) {
      end(session, e);
      return 0;
    }
    if (count < 0) {
      Input.of(session).setEnded();
      setInterestedInRead(session, false);
    }
    return count;
  }

  /** Writes what the socket takes. A connection that is gone ends its session, without a noise. */
  @Override
  protected int write(NioSession session, IoBuffer buffer, int length) {
    try {
      return super.write(session, buffer, length);
    } catch (IOException e) {
      end(session, e);
      return 0;
    }
  }

  /** As {@link #write}, for a file. */
  @Override
  protected int transferFile(NioSession session, FileRegion region, int length) throws Exception {
    try {
      return super.transferFile(session, region, length);
    } catch (IOException e) {
      end(session, e);
      return 0;
    }
  }

  /** Passed on here and not thrown, as MINA's loop would log it as an error with its stack. */
  private static void end(NioSession session, IOException cause) {
    session.getFilterChain().fireExceptionCaught(new ConnectionResetException(cause));
    session.closeNow();
    session.getProcessor().remove(session); // also one that waits for the peer's end of stream
  }

  /** A session that reads to its end does so whoever suspends it: its key stays ready. */
  @Override
  protected boolean isReadable(NioSession session) {
    boolean readable = super.isReadable(session);
    if (readable && session.isReadSuspended() && Input.of(session).isReadToTheEnd()) {
      session.resumeRead();
    }
    return readable;
  }

  /** Never again interested after the end of stream: the socket would be readable for ever. */
  @Override
  protected void setInterestedInRead(NioSession session, boolean interested) throws Exception {
    super.setInterestedInRead(session, interested && !Input.of(session).isEnded());
  }

  /**
   * Applies suspendRead, resumeRead and the like at once, on the loop's thread: from another one it
   * is handed over. MINA's own leaves a sleeping selector asleep, changes a key's interest on two
   * threads at a time, and forgets the half-written buffer of a session whose queue is empty.
   */
  @Override
  public void updateTrafficControl(NioSession session) {
    if (!isLoopThread()) {
      updateTrafficMask(session);
      return;
    }
    try {
      setInterestedInRead(session, !session.isReadSuspended());
      boolean unwritten =
          session.getCurrentWriteRequest() != null
              || !session.getWriteRequestQueue().isEmpty(session);
      setInterestedInWrite(session, unwritten && !session.isWriteSuspended());
    } catch (Exception e) {
      session.getFilterChain().fireExceptionCaught(e);
    }
  }

  /** Closes the channel, once. */
  @Override
  protected void destroy(NioSession session) throws Exception {
    try {
      super.destroy(session);
    } finally {
      if (!session.containsAttribute(CREATED)) {
        ended(session); // its handler never knew of it
      }
    }
  }

  /** Marks a session whose handler is told of its end: it counts until {@link #ended}. */
  public static void created(IoSession session) {
    session.setAttribute(CREATED);
  }

  /** Counts a session no more, once; called after its handler's sessionClosed. */
  public static void ended(IoSession session) {
    EventLoop loop = of(session);
    if (loop != null && session.setAttributeIfAbsent(ENDED) == null) {
      loop.removed.run();
    }
  }

  /** The loop that moves a session's bytes, if it is one of Parley's. */
  public static @Nullable EventLoop of(IoSession session) {
    return session instanceof NioSession nio && nio.getProcessor() instanceof EventLoops loops
        ? loops.loopOf(nio)
        : null;
  }
}
