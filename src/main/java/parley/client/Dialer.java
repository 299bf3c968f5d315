package parley.client;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.transport.RareLog;

/**
 * Runs each {@link Race} between addresses, on one thread with a selector. MINA's connector has
 * such a thread too, but a connect that is cancelled while it completes is counted twice there, and
 * the connector then loses a later connect.
 */
final class Dialer {

  private static final RareLog FAILED =
      new RareLog(LoggerFactory.getLogger(Dialer.class), Level.ERROR);

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean ends;

  /** Opens a selector; {@link #start} takes the thread. */
  Dialer() throws IOException {
    selector = Selector.open();
  }

  void start(Executor executor) {
    executor.execute(this::run);
  }

  /** Runs a task on its thread. Any thread may call; after the {@link #end} nothing runs. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Closes all connecting channels and ends the thread. */
  void end() {
    ends = true;
    selector.wakeup();
  }

  /** Closes the selector, without a thread. */
  void release() {
    try {
      selector.close();
    } catch (IOException e) {
      FAILED.log("a selector could not be closed", e);
    }
  }

  /**
   * Waits for the connect of a channel. On the dialer's thread.
   *
   * @param ready runs when the connect has succeeded or failed
   */
  void await(SocketChannel connecting, Runnable ready) throws IOException {
    var unused = connecting.register(selector, SelectionKey.OP_CONNECT, ready);
  }

  /** How many channels are connecting. Any thread may call. */
  int connecting() {
    return selector.keys().size();
  }

  /** Stops watching a channel. On the dialer's thread. */
  void forget(SocketChannel channel) {
    SelectionKey key = channel.keyFor(selector);
    if (key != null) {
      key.cancel();
    }
  }

  private void run() {
    List<Runnable> ready = new ArrayList<>();
    while (!ends) {
      try {
        ready.clear();
        selector.select(key -> ready.add((Runnable) key.attachment()));
        ready.forEach(Runnable::run);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
      } catch (IOException | RuntimeException | Error thrown) { // other connects go on
        FAILED.log("a connect failed within", thrown);
      }
    }
    for (SelectionKey key : selector.keys()) {
      close((SocketChannel) key.channel());
    }
    release();
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      FAILED.log("a channel could not be closed", e);
    }
  }
}
