package parley.client;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one of several addresses (RFC 8305). The address families alternate. The next attempt
 * starts when the one before has failed, or after {@link #DELAY}. The first address to which TCP
 * connects wins, and all other channels are closed at once. Used on the dialer's thread, unless a
 * method says otherwise.
 */
final class AddressRace {

  /** The Connection Attempt Delay of RFC 8305, 8. */
  static final Duration DELAY = Duration.ofMillis(250);

  /** The most addresses of a name that are tried. */
  static final int MOST = 64;

  private final IOException notTried = new IOException("not tried");

  private final Connector connector;
  private final Dialer dialer;
  private final Deque<InetSocketAddress> left;
  private final Set<SocketChannel> running = new LinkedHashSet<>();
  private final Map<InetSocketAddress, @Nullable IOException> outcomes =
      Collections.synchronizedMap(new LinkedHashMap<>());
  private final CompletableFuture<SocketChannel> winner = new CompletableFuture<>();
  private @Nullable Future<?> next;
  private int tries;
  private boolean over;

  /** A race between the addresses that a resolver has found. */
  AddressRace(Connector connector, List<InetAddress> found, int port) {
    this.connector = connector;
    dialer = connector.dialer();
    left = new ArrayDeque<>(order(found, port));
    left.forEach(each -> outcomes.put(each, notTried));
  }

  /** Orders addresses as the resolver did, with alternating families. */
  static List<InetSocketAddress> order(List<InetAddress> found, int port) {
    Deque<InetAddress> first = new ArrayDeque<>();
    Deque<InetAddress> second = new ArrayDeque<>();
    boolean isFirst4 = !found.isEmpty() && found.get(0) instanceof Inet4Address;
    for (InetAddress address : new LinkedHashSet<>(found)) {
      (address instanceof Inet4Address == isFirst4 ? first : second).add(address);
    }
    List<InetSocketAddress> order = new ArrayList<>();
    while (order.size() < MOST && !(first.isEmpty() && second.isEmpty())) {
      Deque<InetAddress> turn =
          first.isEmpty() || (order.size() % 2 == 1 && !second.isEmpty()) ? second : first;
      order.add(new InetSocketAddress(turn.remove(), port));
    }
    return order;
  }

  /**
   * Starts the race. Any thread may call.
   *
   * @return the connected channel, now the caller's; or the failure of all addresses. Completed on
   *     the dialer's thread, and never after a {@link #cancel}
   */
  CompletableFuture<SocketChannel> start() {
    dialer.execute(this::tryNext);
    return winner;
  }

  /** Closes all connecting channels. Any thread may call. */
  void cancel() {
    dialer.execute(this::end);
  }

  private void tryNext() {
    if (next != null) {
      next.cancel(false);
    }
    while (!over && !left.isEmpty() && !connect(left.remove())) {
      // it failed at once
    }
    int now = ++tries;
    if (over) {
      return;
    }
    if (!left.isEmpty()) {
      next = connector.timer().schedule(() -> dialer.execute(() -> tryNextAfter(now)), DELAY);
    } else if (running.isEmpty()) {
      end();
      winner.completeExceptionally(failure());
    }
  }

  /** The delay has passed; by then a failure may have started the next attempt. */
  private void tryNextAfter(int number) {
    if (number == tries) {
      tryNext();
    }
  }

  /** Starts one connect; returns false if it failed at once. */
  private boolean connect(InetSocketAddress address) {
    SocketChannel channel = null;
    try {
      channel = ConnectedSession.open(connector.mina());
      if (channel.connect(address)) {
        won(channel);
        return true;
      }
      outcomes.put(address, null);
      SocketChannel connecting = channel;
      dialer.await(channel, () -> ready(address, connecting));
      running.add(channel);
      return true;
    } catch (IOException | RuntimeException e) { // such as a SecurityException, no such family
      failed(address, channel, e);
      return false;
    }
  }

  private void ready(InetSocketAddress address, SocketChannel channel) {
    if (!running.contains(channel)) {
      return; // closed in this round
    }
    try {
      if (channel.finishConnect()) {
        won(channel);
      }
    } catch (IOException | RuntimeException e) {
      failed(address, channel, e);
      tryNext();
    }
  }

  private void won(SocketChannel channel) {
    running.remove(channel);
    end();
    dialer.forget(channel);
    winner.complete(channel);
  }

  private void failed(InetSocketAddress address, @Nullable SocketChannel channel, Exception cause) {
    if (channel != null) {
      running.remove(channel);
      Dialer.close(channel);
    }
    outcomes.put(address, cause instanceof IOException e ? e : new IOException(cause));
  }

  private void end() {
    over = true;
    left.clear();
    if (next != null) {
      next.cancel(false);
    }
    running.forEach(Dialer::close);
    running.clear();
  }

  /** The only failure, or one that names each address. */
  private IOException failure() {
    IOException all = new IOException(late(""));
    for (IOException each : outcomes.values()) {
      if (each != null && outcomes.size() == 1) {
        return each;
      }
      if (each != null) {
        all.addSuppressed(each);
      }
    }
    return all;
  }

  /** The reason of each address when the time is over. Any thread may call. */
  String late(String within) {
    StringJoiner reasons = new StringJoiner(", ");
    outcomes.forEach(
        (address, failure) -> {
          String name = outcomes.size() == 1 ? "" : address.getAddress().getHostAddress() + ": ";
          String reason = failure == null ? "no answer" : ConnectAttempt.reason(failure);
          reasons.add(name + reason + (failure == null || failure == notTried ? within : ""));
        });
    return reasons.toString();
  }
}
