package parley.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.EventLoop;

/**
 * Runs the tasks of one connection on its event loop, one after the other. Tasks of other threads
 * enter a queue. The loop runs up to {@value #MOST_AT_ONCE} of them at a time, so that its other
 * sessions have their turns in between. While the messages that are encoded and not sent reach the
 * bound of {@link Capacity}, all tasks wait. Any thread may call, unless it says otherwise.
 */
final class SendQueue {

  private static final int MOST_AT_ONCE = 256;

  private final Connection connection;
  private final EventLoop loop;
  private final Capacity capacity;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean ended;
  private boolean writing; // on the loop

  /** An empty one. */
  SendQueue(Connection connection) {
    this.connection = connection;
    loop = connection.loop;
    capacity = connection.capacity;
  }

  /** Whether no task waits. */
  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /**
   * Runs a task after all earlier ones: at once, if the caller is the event loop, no task waits,
   * nothing is being written and not too much is encoded. After the {@link #end} the caller runs
   * it, as the loop may never run again.
   */
  void add(Runnable task) {
    if (loop.isLoopThread() && !writing && tasks.isEmpty() && !capacity.isEncodedFull()) {
      task.run();
      return;
    }
    tasks.add(task);
    if (ended) {
      end();
    } else {
      schedule();
    }
  }

  /** Runs the tasks later, unless they wait for a message to be sent, which calls this. */
  private void schedule() {
    if (!tasks.isEmpty() && !capacity.isEncodedFull() && scheduled.compareAndSet(false, true)) {
      loop.execute(this::runSome);
    }
  }

  private void runSome() {
    try {
      for (int left = MOST_AT_ONCE; left > 0 && !capacity.isEncodedFull(); left--) {
        Runnable task = tasks.poll();
        if (task == null) {
          return;
        }
        task.run();
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
   * Writes a message that has room. On the loop, within a task.
   *
   * @param written gets null when the message was sent, or why it never will be
   */
  void write(Object message, long size, Consumer<@Nullable Throwable> written) {
    capacity.handOver(size);
    WriteFuture future;
    try {
      future = encode(message);
    } catch (RuntimeException | Error e) {
      capacity.sent(size);
      written.accept(e);
      return;
    }
    future.addListener(
        done -> {
          capacity.sent(size);
          connection.client.context.run(() -> written.accept(failure((WriteFuture) done)));
          schedule();
        });
  }

  private WriteFuture encode(Object message) {
    writing = true;
    try {
      return connection.session.write(message);
    } finally {
      writing = false;
    }
  }

  private static @Nullable Throwable failure(WriteFuture written) {
    Throwable failure = written.getException();
    Throwable cause = failure instanceof ProtocolEncoderException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }
}
