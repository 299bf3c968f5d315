package parley.transport;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.jspecify.annotations.Nullable;

/**
 * Queues the write requests of one session and keeps their futures honest: written means that the
 * kernel has the bytes, and every future completes.
 *
 * <p>MINA's closeNow marks what is queued as written. It looks for that with {@code isEmpty}, so a
 * closing session's queue says that it is empty; the loop then polls and fails what is left.
 */
public final class WriteQueue implements WriteRequestQueue {

  private final Queue<WriteRequest> requests = new ConcurrentLinkedQueue<>();
  private volatile boolean flushed;
  private volatile boolean disposed;

  WriteQueue() {}

  /** Whether a session's closeOnFlush came to its end: all that was queued before it is sent. */
  public static boolean isFlushed(IoSession session) {
    return session instanceof AbstractIoSession own
        && own.getWriteRequestQueue() instanceof WriteQueue queue
        && queue.flushed;
  }

  @Override
  public void offer(IoSession session, WriteRequest request) {
    requests.offer(request);
    if (disposed) {
      failAll();
    }
  }

  @Override
  public @Nullable WriteRequest poll(IoSession session) {
    WriteRequest request = requests.poll();
    while (request == AbstractIoSession.CLOSE_REQUEST) {
      if (!session.isClosing()) {
        flushed = true;
        session.closeNow();
        return null;
      }
      request = requests.poll();
    }
    return request;
  }

  @Override
  public boolean isEmpty(IoSession session) {
    return session.isClosing() || requests.isEmpty();
  }

  @Override
  public void clear(IoSession session) {
    failAll();
  }

  /** Fails what is left, and the request that was being written. The session is closed by now. */
  @Override
  public void dispose(IoSession session) {
    disposed = true;
    AbstractIoSession own = (AbstractIoSession) session;
    WriteRequest current = own.getCurrentWriteRequest();
    if (current != null) {
      own.setCurrentWriteRequest(null);
      fail(current);
    }
    failAll();
  }

  private void failAll() {
    for (WriteRequest next = requests.poll(); next != null; next = requests.poll()) {
      fail(next);
    }
  }

  private static void fail(WriteRequest request) {
    if (request != AbstractIoSession.CLOSE_REQUEST) {
      request.getFuture().setException(new WriteToClosedSessionException(request));
    }
  }

  @Override
  public int size() {
    return requests.size();
  }
}
