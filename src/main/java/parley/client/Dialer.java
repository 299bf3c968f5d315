package parley.client;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.mina.core.RuntimeIoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.transport.RareLog;

/**
 * Runs each {@link AddressRace}, on one thread with a selector. MINA's connector has such a thread
 * too, but a connect that is cancelled while it completes is counted twice there, and the connector
 * then loses a later connect.
 */
final class Dialer implements Runnable {

  private static final RareLog FAILED =
      new RareLog(LoggerFactory.getLogger(Dialer.class), Level.ERROR);

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Opens a selector; {@link #run} needs a thread. */
  Dialer() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new RuntimeIoException("no selector for connects: " + e.getMessage(), e);
    }
  }

  /** Runs a task on its thread. Any thread may call; after the {@link #end} nothing runs. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Closes all connecting channels and ends the thread. */
  void end() {
    execute(this::release);
  }

  /** Closes all connecting channels and the selector. On its thread, or before there is one. */
  void release() {
    selector.keys().forEach(key -> close((SocketChannel) key.channel()));
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

  @Override
  public void run() {
    List<Runnable> ready = new ArrayList<>();
    while (selector.isOpen()) {
      try {
        ready.clear();
        selector.select(key -> ready.add((Runnable) key.attachment()));
        ready.forEach(Runnable::run);
        for (Runnable task = next(); task != null; task = next()) {
          task.run();
        }
      } catch (IOException | RuntimeException | Error thrown) { // other connects go on
        FAILED.log("a connect failed within", thrown);
      }
    }
  }

  private @Nullable Runnable next() {
    return selector.isOpen() ? tasks.poll() : null;
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      FAILED.log("a channel could not be closed", e);
    }
  }
}
