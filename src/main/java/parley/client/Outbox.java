package parley.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.jspecify.annotations.Nullable;
import parley.transport.EventLoop;
import parley.transport.PluginContext;

/**
 * Runs the tasks of one connection on its event loop, one after the other. Tasks of other threads
 * enter a queue. The loop runs up to {@value #MOST_AT_ONCE} of them at a time, so that its other
 * sessions have their turns in between. While the messages that are encoded and not sent reach the
 * bound of {@link Room}, all tasks wait. Any thread may call, unless it says otherwise.
 */
final class Outbox {

  private static final int MOST_AT_ONCE = 256;

  /** A listener for the end of a write. */
  interface Written {
    /**
     * The message was sent, or never will be.
     *
     * @param failure why not, or null
     */
    void written(@Nullable Throwable failure);
  }

  private final IoSession session;
  private final EventLoop loop;
  private final Room room;
  private final Loss loss;
  private final PluginContext context;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicInteger unsent = new AtomicInteger();
  private boolean writing; // on the loop

  /** An empty one, whose listeners run in a context. */
  Outbox(IoSession session, EventLoop loop, Room room, Loss loss, PluginContext context) {
    this.session = session;
    this.loop = loop;
    this.room = room;
    this.loss = loss;
    this.context = context;
  }

  /** Whether no task waits. */
  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /**
   * Runs a task after all earlier ones: at once, if the caller is the event loop, no task waits,
   * nothing is being written and not too much is encoded. After the end of the connection the
   * caller runs it, as the loop may never run again.
   */
  void add(Runnable task) {
    if (loop.isLoopThread() && !writing && tasks.isEmpty() && !isFull()) {
      task.run();
      return;
    }
    tasks.add(task);
    if (loss.hasHappened()) {
      end();
    } else {
      schedule();
    }
  }

  /** Whether tasks wait for a message to be sent, which schedules them. */
  private boolean isFull() {
    return unsent.get() > 0 && room.isEncodedFull();
  }

  private void schedule() {
    if (!tasks.isEmpty() && !isFull() && scheduled.compareAndSet(false, true)) {
      loop.execute(this::runSome);
    }
  }

  private void runSome() {
    try {
      for (int left = MOST_AT_ONCE; left > 0 && !isFull(); left--) {
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
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Writes a message that has room. On the loop, within a task. */
  void write(Object message, long size, Written listener) {
    room.handOver(size);
    unsent.incrementAndGet();
    Throwable thrown = null;
    WriteFuture future = null;
    writing = true;
    try {
      future = session.write(message);
    } catch (RuntimeException | Error e) {
      thrown = e;
    } finally {
      writing = false;
    }
    if (future == null) {
      sent(size);
      listener.written(thrown);
      return;
    }
    future.addListener(
        done -> {
          sent(size);
          context.run(() -> listener.written(why((WriteFuture) done)));
          schedule();
        });
  }

  private void sent(long size) {
    unsent.decrementAndGet();
    room.sent(size);
  }

  private static @Nullable Throwable why(WriteFuture written) {
    Throwable failure = written.getException();
    Throwable cause = failure instanceof ProtocolEncoderException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }
}
