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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.mina.core.RuntimeIoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.loop.EventLoops;
import parley.internal.loop.RareLog;

/**
 * Opens TCP connections on one thread with a selector, each in a {@link Race} between addresses.
 * MINA's connector has such a thread too, but a connect that is cancelled while it completes is
 * counted twice there, and the connector then loses a later connect.
 */
final class Dialer implements Runnable {

  /** The Connection Attempt Delay of RFC 8305, 8. */
  static final Duration DELAY = Duration.ofMillis(250);

  /** The most addresses of a name that are tried. */
  static final int MOST = 64;

  private static final RareLog FAILED =
      new RareLog(LoggerFactory.getLogger(Dialer.class), Level.ERROR);

  private final Selector selector;
  private final Deque<Runnable> tasks = new ConcurrentLinkedDeque<>();

  /** Opens a selector, or releases the event loops; {@link #run} needs a thread. */
  Dialer(EventLoops loops) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      loops.release();
      throw new RuntimeIoException("no selector for connects: " + e.getMessage(), e);
    }
  }

  private void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Closes all connecting channels and ends the thread. Any thread may call. */
  void end() {
    execute(this::release);
  }

  /** Closes all connecting channels and the selector. On its thread, or before there is one. */
  void release() {
    selector.keys().forEach(key -> close(key.channel()));
    close(selector);
  }

  /** How many channels are connecting. Any thread may call. */
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
      } catch (IOException | RuntimeException | Error thrown) { // other connects go on
        FAILED.log("a connect failed within", thrown);
      }
    }
  }

  static void close(Closeable its) {
    try {
      its.close();
    } catch (IOException e) {
      FAILED.log("could not be closed: " + its, e);
    }
  }

  /** Orders addresses as the resolver did, with alternating families. */
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

  /**
   * Connects to one of several addresses (RFC 8305). The next attempt starts when the one before
   * has failed, or after {@link #DELAY}. The first address to which TCP connects wins, and all
   * other channels are closed at once. Used on the dialer's thread, unless a method says otherwise.
   */
  final class Race {

    private final IOException notTried = new IOException("not tried");

    private final Connector connector;
    private final Deque<InetSocketAddress> left;
    private final Set<SocketChannel> running = new LinkedHashSet<>();
    private final Map<InetSocketAddress, @Nullable IOException> outcomes =
        Collections.synchronizedMap(new LinkedHashMap<>());
    private final CompletableFuture<SocketChannel> winner = new CompletableFuture<>();

    Race(Connector connector, List<InetAddress> found, int port) {
      this.connector = connector;
      left = new ArrayDeque<>(order(found, port));
      left.forEach(each -> outcomes.put(each, notTried));
    }

    /**
     * Starts the race. Any thread may call.
     *
     * @return the connected channel, now the caller's; or the failure of all addresses
     */
    CompletableFuture<SocketChannel> start() {
      execute(this::tryNext);
      return winner;
    }

    /** Closes all connecting channels. Any thread may call. */
    void cancel() {
      execute(this::end);
    }

    private void tryNext() {
      while (!left.isEmpty() && !connect(left.remove())) {
        // it failed at once
      }
      int now = left.size();
      if (now > 0) {
        Runnable next =
            () -> {
              if (left.size() == now) { // otherwise a failure has started the next attempt
                tryNext();
              }
            };
        var unused = connector.timer.schedule(() -> execute(next), DELAY);
      } else if (running.isEmpty() && !winner.isDone()) {
        winner.completeExceptionally(failure());
      }
    }

    /** Starts one connect; returns false if it failed at once. */
    private boolean connect(InetSocketAddress address) {
      SocketChannel channel = null;
      try {
        channel = connector.open();
        running.add(channel);
        if (channel.connect(address)) {
          won(channel);
          return true;
        }
        outcomes.put(address, null);
        SocketChannel connecting = channel;
        Runnable ready = () -> ready(address, connecting);
        var unused = channel.register(selector, SelectionKey.OP_CONNECT, ready);
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
      SelectionKey key = channel.keyFor(selector);
      if (key != null) {
        key.cancel();
      }
      winner.complete(channel);
    }

    private void failed(
        InetSocketAddress address, @Nullable SocketChannel channel, Exception cause) {
      if (channel != null) {
        running.remove(channel);
        close(channel);
      }
      outcomes.put(address, cause instanceof IOException e ? e : new IOException(cause));
    }

    private void end() {
      left.clear();
      running.forEach(Dialer::close);
      running.clear();
    }

    /** The only failure, or one that names each address. */
    private IOException failure() {
      List<IOException> each = outcomes.values().stream().filter(Objects::nonNull).toList();
      if (each.size() == 1) {
        return each.get(0);
      }
      IOException all = new IOException(late(""));
      each.forEach(all::addSuppressed);
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
}
