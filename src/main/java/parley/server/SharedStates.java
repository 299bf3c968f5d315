package parley.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.protocol.Settings;

/**
 * Starts what each protocol's listeners share in one server, and closes it in reverse order. Any
 * thread may close, also while another one starts.
 */
final class SharedStates {

  /** How long each close may take; a process that ends must not wait for ever. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SharedStates.class);

  private record Started(Protocol protocol, AutoCloseable state) {}

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
    Set<Protocol> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (ListenerConfig each : listeners) {
      Protocol protocol = each.protocol();
      if (seen.add(protocol)) {
        List<Settings> settings =
            listeners.stream()
                .filter(other -> other.protocol() == protocol)
                .map(ListenerConfig::settings)
                .toList();
        add(new Started(protocol, Protocols.start(protocol, settings)));
      }
    }
  }

  private void add(Started next) {
    synchronized (this) {
      if (!closed) {
        started.add(next);
        return;
      }
    }
    close(next);
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
    all.forEach(this::close);
  }

  private void close(Started each) {
    Thread thread = new Thread(() -> closeNow(each), "parley-close");
    thread.setDaemon(true); // one that hangs must not hold the JVM
    try {
      thread.start();
      thread.join(closeTimeout.toMillis());
      if (thread.isAlive()) {
        LOG.error(
            "close timeout passed: {} timeout={} ms, its thread is left behind",
            Protocols.describe(each.protocol),
            closeTimeout.toMillis());
      }
    } catch (OutOfMemoryError noThread) {
      closeNow(each);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeNow(Started each) {
    ClassLoader before = Protocols.context(each.protocol).enter();
    try {
      each.state.close();
    } catch (Exception | Error e) {
      LOG.error("close failed: {}", Protocols.describe(each.protocol), e);
    } finally {
      Protocols.context(each.protocol).leave(before);
    }
  }
}
