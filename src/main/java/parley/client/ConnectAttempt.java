package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.DefaultConnectFuture;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;

/**
 * One attempt to connect: the look-up, the race between addresses, the chain with its TLS
 * handshake, and {@code onConnect}. It ends at the connect timeout at the latest, and a failed
 * attempt leaves nothing open. Any thread may call.
 */
final class ConnectAttempt {

  private final Connector connector;
  private final ClientConfig config;
  final Client client;
  private final CompletableFuture<Connection> opened = new CompletableFuture<>();
  private final Future<?> timer;
  private volatile UnaryOperator<String> late = no("address");
  private volatile Runnable undo = () -> {};

  /** Creates an attempt and starts its timeout. */
  ConnectAttempt(Connector connector, Client client) {
    this.connector = connector;
    this.client = client;
    config = client.config;
    timer = connector.timer.schedule(this::timeOut, config.connectTimeout());
  }

  /**
   * Looks up and connects.
   *
   * @return completed on any thread; fails with a {@link ConnectException}
   */
  CompletableFuture<Connection> start() {
    if (opened.isDone()) {
      return opened; // closed meanwhile
    }
    Endpoint endpoint = config.endpoint();
    try {
      NameLookups.Waiter lookup =
          client.context.call(
              () -> NameLookups.of(config.resolver(), endpoint.host(), config.connectTimeout()));
      late = within -> no(lookup.hasBegun() ? "address" : "free look-up thread").apply(within);
      undoBy(() -> lookup.cancel(false));
      var unused =
          lookup
              .thenCompose(this::race)
              .thenAccept(this::connected)
              .whenComplete((done, failure) -> failed(failure));
    } catch (RuntimeException | Error e) { // such as no thread for the look-up
      failed(e);
    }
    return opened;
  }

  private CompletableFuture<SocketChannel> race(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return CompletableFuture.failedFuture(new UnknownHostException());
    }
    Dialer.Race race = connector.dialer.new Race(connector, addresses, config.endpoint().port());
    late = race::late;
    undoBy(race::cancel);
    return race.start();
  }

  private void connected(SocketChannel channel) {
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

  /** Fails the attempt, if there was a failure. */
  void failed(@Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = ClientFuture.unwrap(failure);
      fail(cause instanceof UnknownHostException ? "unknown host" : reason(cause), cause);
    }
  }

  /** {@code onConnect} begins. */
  void begun() {
    late = no("end of onConnect");
  }

  /** The connection is ready. */
  void succeed(Connection connection) {
    timer.cancel(false);
    opened.complete(connection);
  }

  private void timeOut() {
    fail(late.apply(" within " + config.connectTimeout().toMillis() + " ms"), null);
  }

  /** What a timeout reports about a step that is missing, with the bound that follows. */
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

  /** The message of a failure, or its type if it has none. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.toString() : message;
  }
}
