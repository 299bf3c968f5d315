package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.DefaultConnectFuture;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;

/**
 * One attempt to connect: the look-up, the race between addresses, the chain with its TLS
 * handshake, and {@code onConnect}. It ends at the connect timeout at the latest. A failed attempt
 * leaves nothing open.
 *
 * <p>In the race (RFC 8305) the next connect starts after the previous one has failed, or after
 * {@link Dialer#DELAY}. The first address that accepts the TCP connection wins, and all other
 * channels are closed at once. The race runs on the dialer's thread. Any thread may call the
 * methods that are not private.
 */
final class ConnectAttempt {

  final Client<?, ?> client;
  private final Connector connector;
  private final ClientConfig<?, ?> config;
  private final CompletableFuture<Connection> opened = new CompletableFuture<>();
  private final Future<?> timer;
  private volatile UnaryOperator<String> late = no("address");
  private volatile Runnable undo = () -> {};
  private final IOException notTried = new IOException("not tried");
  private final Queue<InetSocketAddress> left = new ArrayDeque<>();
  private final Set<SocketChannel> running = new LinkedHashSet<>();
  private final Map<InetSocketAddress, @Nullable IOException> outcomes =
      Collections.synchronizedMap(new LinkedHashMap<>());

  /** Creates an attempt and starts its timeout. */
  ConnectAttempt(Client<?, ?> client) {
    this.client = client;
    connector = client.connector;
    config = client.config;
    timer = connector.timer.schedule(this::timeOut, config.connectTimeout());
  }

  /**
   * Looks up the name and connects.
   *
   * @return completed on any thread; fails with a {@link ConnectException}
   */
  CompletableFuture<Connection> start() {
    if (opened.isDone()) {
      return opened; // closed in the meantime
    }
    Endpoint endpoint = config.endpoint();
    try {
      NameLookups.Waiter lookup =
          client.context.call(
              () -> NameLookups.of(config.resolver(), endpoint.host(), config.connectTimeout()));
      late = within -> no(lookup.hasBegun() ? "address" : "free look-up thread").apply(within);
      undoBy(() -> lookup.cancel(false));
      var unused = lookup.thenAccept(this::found).whenComplete((done, failure) -> failed(failure));
    } catch (RuntimeException | Error e) { // such as too few threads for the look-up
      failed(e);
    }
    return opened;
  }

  private void found(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      failed(new UnknownHostException());
      return;
    }
    left.addAll(Dialer.order(addresses, config.endpoint().port()));
    left.forEach(each -> outcomes.put(each, notTried));
    late = this::reasons;
    undoBy(() -> connector.dialer.execute(this::endRace));
    connector.dialer.execute(this::tryNext);
  }

  private void tryNext() {
    boolean begun = false;
    while (!begun && !left.isEmpty()) {
      begun = connect(left.remove());
    }
    int now = left.size();
    if (now > 0) {
      Runnable next =
          () -> {
            if (left.size() == now) { // otherwise a failure already started the next connect
              tryNext();
            }
          };
      var unused = connector.timer.schedule(() -> connector.dialer.execute(next), Dialer.DELAY);
    } else if (!begun && running.isEmpty()) {
      failed(outcome());
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
      connector.dialer.whenReady(channel, () -> ready(address, connecting));
      return true;
    } catch (IOException
        | RuntimeException e) { // such as a SecurityException or an unsupported address family
      lost(address, channel, e);
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
      lost(address, channel, e);
      tryNext();
    }
  }

  private void won(SocketChannel channel) {
    running.remove(channel);
    endRace();
    connector.dialer.forget(channel);
    if (opened.isDone()) {
      Dialer.close(channel);
      return;
    }
    if (config.endpoint().isTls()) {
      late = no("TLS handshake");
    }
    ConnectFuture future = new DefaultConnectFuture();
    future.addListener(done -> failed(((ConnectFuture) done).getException()));
    try {
      undoBy(connector.add(channel, future, this)::close);
    } catch (IOException | RuntimeException | Error e) {
      Dialer.close(channel);
      failed(e);
    }
  }

  private void lost(InetSocketAddress address, @Nullable SocketChannel channel, Exception cause) {
    if (channel != null) {
      running.remove(channel);
      Dialer.close(channel);
    }
    outcomes.put(address, cause instanceof IOException e ? e : new IOException(cause));
  }

  private void endRace() {
    left.clear();
    running.forEach(Dialer::close);
    running.clear();
  }

  /** Returns the only failure, or one that names each address. */
  private IOException outcome() {
    List<IOException> each = outcomes.values().stream().filter(Objects::nonNull).toList();
    if (each.size() == 1) {
      return each.get(0);
    }
    IOException all = new IOException(reasons(""));
    each.forEach(all::addSuppressed);
    return all;
  }

  /** Returns the reason for each address at the connect timeout. */
  private String reasons(String within) {
    StringJoiner reasons = new StringJoiner(", ");
    outcomes.forEach(
        (address, failure) -> {
          String name = outcomes.size() == 1 ? "" : address.getAddress().getHostAddress() + ": ";
          String reason = failure == null ? "no answer" : reason(failure);
          reasons.add(name + reason + (failure == null || failure == notTried ? within : ""));
        });
    return reasons.toString();
  }

  /** Fails the attempt, if there was a failure. */
  void failed(@Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = ClientFuture.unwrap(failure);
      fail(cause instanceof UnknownHostException ? "unknown host" : reason(cause), cause);
    }
  }

  /** Called before {@code onConnect}. */
  void begun() {
    late = within -> "onConnect not completed" + within;
  }

  /** Completes the attempt with its connection, which is ready. */
  void succeed(Connection connection) {
    timer.cancel(false);
    opened.complete(connection);
  }

  private void timeOut() {
    fail(late.apply(" within " + config.connectTimeout().toMillis() + " ms"), null);
  }

  /** Returns the message of a step that did not complete, to which the caller adds the timeout. */
  private static UnaryOperator<String> no(String step) {
    return within -> "no " + step + within;
  }

  void fail(String reason, @Nullable Throwable cause) {
    end(new ConnectException(config.endpoint(), reason, cause));
  }

  void end(ConnectException failure) {
    if (opened.completeExceptionally(failure)) {
      timer.cancel(false);
      undo.run();
    }
  }

  /** Sets the action that a failure of the attempt runs; runs it now if it has failed. */
  private void undoBy(Runnable newUndo) {
    undo = newUndo;
    if (opened.isCompletedExceptionally()) {
      newUndo.run();
    }
  }

  /** Returns the message of a failure, or its type if it has none. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.toString() : message;
  }
}
