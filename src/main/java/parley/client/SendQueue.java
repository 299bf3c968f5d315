package parley.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.mina.core.future.IoFutureListener;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one connection's messages and other tasks, which its event loop writes and runs one
 * after the other. Tasks of other threads enter the queue. The loop runs up to {@value
 * #MOST_AT_ONCE} of them at a time, so that its other sessions get their turns. While the encoded
 * messages that are not sent reach the bound of {@link Capacity}, all tasks wait. Any thread may
 * call these methods.
 */
final class SendQueue {

  private static final int MOST_AT_ONCE = 256;

  private final Connection connection;
  private final Capacity capacity;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean ended;
  private boolean writing; // on the loop

  SendQueue(Connection connection) {
    this.connection = connection;
    capacity = connection.capacity;
  }

  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /**
   * Sends a request or a message. Blocks until there is room for it, if the caller may block.
   *
   * @param future completes when a message was sent, and fails if there is no room
   */
  void send(ClientFuture<?> future, Object message) {
    ClientConfig<?, ?> config = connection.client.config;
    boolean mayBlock =
        config.whenFull() == WhenFull.WAIT && !connection.client.connector.loops.isLoopThread();
    Outgoing next = new Outgoing(future, message);
    try {
      capacity.take(next.size, next.request, mayBlock);
    } catch (ClientException refused) {
      future.completeExceptionally(refused);
      return;
    }
    add(next);
  }

  /**
   * Runs a task after all earlier ones. It runs at once if the caller is the event loop, no task
   * waits, nothing is being written and not too much is encoded. After the {@link #end} the caller
   * runs it, because the loop may never run again.
   */
  void add(Runnable task) {
    if (connection.loop.isLoopThread()
        && !writing
        && tasks.isEmpty()
        && !capacity.isEncodedFull()) {
      run(task);
      return;
    }
    tasks.add(task);
    if (ended) {
      end();
    } else {
      schedule();
    }
  }

  private void run(Runnable task) {
    task.run();
    connection.endIfDrained();
  }

  /**
   * Schedules the tasks, unless they wait for a message to be sent; then the end of that write
   * calls this.
   */
  private void schedule() {
    if (!tasks.isEmpty() && !capacity.isEncodedFull() && scheduled.compareAndSet(false, true)) {
      connection.loop.execute(this::runSome);
    }
  }

  private void runSome() {
    try {
      for (int left = MOST_AT_ONCE; left > 0 && !capacity.isEncodedFull(); left--) {
        Runnable task = tasks.poll();
        if (task == null) {
          return;
        }
        run(task);
      }
    } finally {
      scheduled.set(false);
      schedule();
    }
  }

  /** Runs all waiting tasks on the caller's thread, after the end of the connection. */
  void end() {
    ended = true;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /**
   * A request or a message that has room: the task that writes it, and the listener of the write.
   */
  private final class Outgoing implements Runnable, IoFutureListener<WriteFuture> {

    private final ClientFuture<?> future;
    private final Object message;
    private final @Nullable PendingRequest request; // the same as the future, if it is a request
    private final long size;

    Outgoing(ClientFuture<?> future, Object message) {
      this.future = future;
      this.message = message;
      request = future instanceof PendingRequest its ? its : null;
      size = Capacity.size(message);
    }

    @Override
    public void run() {
      try {
        if (request == null
            ? future.isDone()
            : request.settled) { // it completes with the reason why it was given up
          drop();
          return;
        }
        if (connection.ended) {
          throw connection.lost();
        }
        if (request != null) {
          connection.pending.add(request, message);
        }
      } catch (RuntimeException | Error refused) {
        future.completeExceptionally(refused);
        drop();
        return;
      }
      connection.liveness.sent(request != null);
      write();
    }

    private void drop() {
      if (request != null) {
        capacity.placeFreed();
      }
      capacity.dropped(size);
    }

    private void write() {
      capacity.handOver(size);
      WriteFuture written;
      try {
        written = encode();
      } catch (RuntimeException | Error thrown) {
        over(thrown);
        return;
      }
      written.addListener(this);
    }

    private WriteFuture encode() {
      writing = true;
      try {
        return connection.session.write(message);
      } finally {
        writing = false;
      }
    }

    @Override
    public void operationComplete(WriteFuture written) {
      Throwable failure = written.getException();
      Throwable cause = failure instanceof ProtocolEncoderException ? failure.getCause() : null;
      over(cause == null ? failure : cause);
    }

    private void over(@Nullable Throwable failure) {
      capacity.sent(size);
      if (request == null || failure != null) {
        connection.client.context.run(() -> report(failure));
      }
      schedule();
    }

    /**
     * Completes a message that was sent, and fails one that the codec or a filter rejected. A
     * filter below the codec rejects it at the end of the turn. The end of the connection fails a
     * request that was written to a closing session.
     */
    private void report(@Nullable Throwable failure) {
      boolean isClosing = failure instanceof WriteToClosedSessionException;
      if (request == null) {
        Throwable why = isClosing ? connection.lost() : failure;
        var unused = why == null ? future.complete(null) : future.completeExceptionally(why);
      } else if (failure != null && !isClosing) {
        connection.refused(request, failure);
      }
    }
  }
}
