package parley.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.internal.loop.PluginContext;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.protocol.Settings;

/**
 * The resources that each protocol's listeners share in one server: started in order, and closed in
 * reverse order. Any thread may close it, even while another thread starts it.
 */
final class SharedStates {

  /** The time that all closes may take together; a process that ends must not wait forever. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SharedStates.class);

  private record Started(Protocol<?, ?> protocol, AutoCloseable state) {}

  private final Duration closeTimeout;
  private final List<Started> started = new ArrayList<>();
  private boolean closed;

  SharedStates(Duration closeTimeout) {
    this.closeTimeout = closeTimeout;
  }

  /**
   * Starts the shared resource of each listener's protocol, once for each protocol, in the order of
   * the listeners.
   *
   * @throws ProtocolException if one cannot be started; those started before stay until the close
   * @throws IllegalStateException if it was closed in the meantime; then nothing is left
   */
  void start(List<ListenerConfig> listeners) {
    List<ListenerConfig> left = new ArrayList<>(listeners);
    while (!left.isEmpty()) {
      Protocol<?, ?> protocol = left.get(0).protocol();
      List<ListenerConfig> its = left.stream().filter(o -> o.protocol() == protocol).toList();
      left.removeAll(its);
      List<Settings> settings = its.stream().map(ListenerConfig::settings).toList();
      add(new Started(protocol, Protocols.start(protocol, settings)));
    }
  }

  private void add(Started next) {
    synchronized (this) {
      if (!closed) {
        started.add(next);
        return;
      }
    }
    close(List.of(next));
    throw new IllegalStateException("the server was closed while it was starting");
  }

  /** Closes everything that was started, once. A close that fails or takes too long is logged. */
  void close() {
    List<Started> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(started);
      started.clear();
    }
    Collections.reverse(all);
    close(all);
  }

  /**
   * Closes one after the other. If one takes more than its share, the next is closed at the same
   * time.
   */
  private void close(List<Started> all) {
    long end = System.nanoTime() + closeTimeout.toNanos();
    Map<Thread, Started> closing = new LinkedHashMap<>();
    for (Started each : all) {
      Thread thread = new Thread(() -> closeNow(each), "parley-close");
      thread.setDaemon(true); // a thread that hangs must not keep the JVM alive
      try {
        thread.start();
        closing.put(thread, each);
        await(thread, (end - System.nanoTime()) / (all.size() - closing.size() + 1));
      } catch (OutOfMemoryError noThread) {
        closeNow(each);
      }
    }
    closing.forEach((thread, each) -> awaitEnd(thread, each, end));
  }

  private void awaitEnd(Thread thread, Started each, long end) {
    await(thread, end - System.nanoTime());
    if (thread.isAlive() && !Thread.currentThread().isInterrupted()) {
      LOG.error(
          "close timeout passed, its thread keeps running: source=\"{}\" timeout={}ms",
          Protocols.describe(each.protocol),
          closeTimeout.toMillis());
    }
  }

  private static void await(Thread thread, long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeNow(Started each) {
    PluginContext context = PluginContext.around(each.protocol);
    ClassLoader before = context.enter();
    try {
      each.state.close();
    } catch (Exception | Error e) {
      LOG.error("close failed: source=\"{}\"", Protocols.describe(each.protocol), e);
    } finally {
      context.leave(before);
    }
  }
}
