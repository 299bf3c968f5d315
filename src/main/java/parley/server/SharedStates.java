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
 * Starts what each protocol's listeners share in one server, and closes it in reverse order. Any
 * thread may close, also while another one starts.
 */
final class SharedStates {

  /** How long all closes may take; a process that ends must not wait for ever. */
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
   * Starts those of some listeners' protocols, once for each protocol, in the order of the
   * listeners.
   *
   * @throws ProtocolException if one cannot be started; those before stay started until the close
   * @throws IllegalStateException if this was closed meanwhile; then nothing is left
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
    throw new IllegalStateException("the server was ended while it started");
  }

  /** Closes all that was started, once. What fails or takes too long is logged. */
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

  /** One after the other, but if one takes more than its share, the next one beside it. */
  private void close(List<Started> all) {
    long end = System.nanoTime() + closeTimeout.toNanos();
    Map<Thread, Started> closing = new LinkedHashMap<>();
    for (Started each : all) {
      Thread thread = new Thread(() -> closeNow(each), "parley-close");
      thread.setDaemon(true); // one that hangs must not hold the JVM
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
          "close timeout passed: {} timeout={} ms, its thread is left behind",
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
      LOG.error("close failed: {}", Protocols.describe(each.protocol), e);
    } finally {
      context.leave(before);
    }
  }
}
