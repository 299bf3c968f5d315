package parley.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.mina.core.RuntimeIoException;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.loop.EventLoopGroup;
import parley.internal.telemetry.RareLog;

/**
 * The thread that waits, with a selector, for the TCP connections that {@link ConnectAttempt}s
 * open. MINA's connector has such a thread, too. But if a connect is cancelled while it completes,
 * it counts that connect twice and then loses a later one.
 */
final class Dialer implements Runnable {

  /** The Connection Attempt Delay (RFC 8305, section 8). */
  static final Duration DELAY = Duration.ofMillis(250);

  /** The largest number of addresses of a name that are tried. */
  static final int MOST = 64;

  private static final RareLog FAILED =
      new RareLog(LoggerFactory.getLogger(Dialer.class), Level.ERROR);

  private final Selector selector;
  private final Deque<Runnable> tasks = new ConcurrentLinkedDeque<>();

  /** Opens a selector, or releases the event loops; {@link #run} needs a thread. */
  Dialer(EventLoopGroup loops) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      loops.release();
      throw new RuntimeIoException("cannot open a selector for connects: " + e.getMessage(), e);
    }
  }

  /** Runs a task on the dialer's thread. Any thread may call. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Runs an action on the dialer's thread when a channel has connected, or failed to. */
  void whenReady(SocketChannel channel, Runnable action) throws IOException {
    var unused = channel.register(selector, SelectionKey.OP_CONNECT, action);
  }

  /** Stops waiting for a channel. */
  void forget(SocketChannel channel) {
    SelectionKey key = channel.keyFor(selector);
    if (key != null) {
      key.cancel();
    }
  }

  /** Closes all connecting channels and ends the thread. Any thread may call. */
  void end() {
    execute(this::release);
  }

  /**
   * Closes all connecting channels and the selector. Called on its thread, or before it has one.
   */
  void release() {
    selector.keys().forEach(key -> close(key.channel()));
    close(selector);
  }

  /** Returns the number of connecting channels. Any thread may call. */
  int connecting() {
    return selector.keys().size();
  }

  @Override
  public void run() {
    List<Runnable> ready = new ArrayList<>();
    while (selector.isOpen()) {
      try {
        ready.clear();
        selector.select(key -> ready.add((Runnable) key.attachment()));
        ready.forEach(Runnable::run);
        while (selector.isOpen() && !tasks.isEmpty()) {
          tasks.remove().run();
        }
      } catch (IOException | RuntimeException | Error thrown) { // other connects continue
        FAILED.log("connect failed with an internal error", thrown);
      }
    }
  }

  static void close(Closeable its) {
    try {
      its.close();
    } catch (IOException e) {
      FAILED.log("close failed: source=\"" + its + '"', e);
    }
  }

  /** Returns the addresses in the resolver's order, with alternating families. */
  static List<InetSocketAddress> order(List<InetAddress> found, int port) {
    Map<Boolean, List<InetAddress>> families =
        found.stream()
            .distinct()
            .collect(Collectors.partitioningBy(each -> isOf4(each) == isOf4(found.get(0))));
    return IntStream.range(0, found.size())
        .boxed()
        .flatMap(
            i ->
                Stream.of(true, false)
                    .map(families::get)
                    .filter(each -> i < each.size())
                    .map(each -> each.get(i)))
        .limit(MOST)
        .map(each -> new InetSocketAddress(each, port))
        .toList();
  }

  private static boolean isOf4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
