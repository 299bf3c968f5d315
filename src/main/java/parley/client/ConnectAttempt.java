package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.DefaultConnectFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect: the look-up, the race between addresses, the chain with its TLS
 * handshake, and {@code onConnect}. It ends at the connect timeout at the latest, and a failed
 * attempt leaves nothing open. Any thread may call.
 */
final class ConnectAttempt {

  private final Connector connector;
  private final ClientConfig config;
  private final Client client;
  private final CompletableFuture<Connection> opened = new CompletableFuture<>();
  private final AtomicBoolean decided = new AtomicBoolean();
  private final Future<?> timer;
  private volatile UnaryOperator<String> late = no("address");
  private Runnable undo = () -> {}; // under the lock, as the next one
  private boolean failed;

  /** Creates an attempt and starts its timeout. */
  ConnectAttempt(Connector connector, Client client) {
    this.connector = connector;
    this.client = client;
    config = client.config;
    timer = connector.timer.schedule(this::timeOut, config.connectTimeout());
  }

  /** Looks up and connects; the future fails with a {@link ConnectException}. */
  CompletableFuture<Connection> start() {
    if (decided.get()) {
      return opened; // closed meanwhile
    }
    try {
      NameLookups.Waiter lookup =
          client.context.call(
              () ->
                  NameLookups.of(
                      config.resolver(), config.endpoint().host(), config.connectTimeout()));
      late = within -> no(lookup.hasBegun() ? "address" : "free look-up thread").apply(within);
      undoBy(() -> lookup.cancel(false));
      var unused = lookup.whenComplete(this::found);
    } catch (RuntimeException | Error e) { // such as no thread for the look-up
      fail(e);
    }
    return opened;
  }

  private void found(@Nullable List<InetAddress> addresses, @Nullable Throwable failure) {
    if (decided.get()) {
      return;
    }
    if (failure instanceof UnknownHostException || (addresses != null && addresses.isEmpty())) {
      fail("unknown host", failure);
    } else if (addresses == null) {
      fail(failure == null ? new IOException("no addresses") : failure);
    } else {
      Dialer.Race race = connector.dialer.new Race(connector, addresses, config.endpoint().port());
      late = race::late;
      undoBy(race::cancel);
      var unused = race.start().whenComplete(this::connected);
    }
  }

  /** TCP has connected, or failed. */
  private void connected(@Nullable SocketChannel channel, @Nullable Throwable failure) {
    if (channel == null) {
      fail(failure == null ? new IOException("no connection") : failure);
      return;
    }
    if (decided.get()) {
      Dialer.close(channel);
      return;
    }
    if (config.endpoint().isTls()) {
      late = no("TLS handshake");
    }
    ConnectFuture future = new DefaultConnectFuture();
    future.addListener(
        done -> {
          Throwable refused = ((ConnectFuture) done).getException();
          if (refused != null) {
            fail(refused);
          }
        });
    try {
      undoBy(connector.add(channel, future, client, this)::close);
    } catch (IOException | RuntimeException | Error e) {
      Dialer.close(channel);
      fail(e);
    }
  }

  /** {@code onConnect} begins. */
  void begun() {
    late = no("end of onConnect");
  }

  /** The connection is ready. */
  void succeed(Connection connection) {
    if (decided.compareAndSet(false, true)) {
      timer.cancel(false);
      opened.complete(connection);
    }
  }

  private void timeOut() {
    fail(late.apply(" within " + config.connectTimeout().toMillis() + " ms"), null);
  }

  /** What a timeout reports about a step that is missing, with the bound that follows. */
  private static UnaryOperator<String> no(String step) {
    return within -> "no " + step + within;
  }

  void fail(Throwable cause) {
    fail(reason(cause), cause);
  }

  void fail(String reason, @Nullable Throwable cause) {
    end(new ConnectException(config.endpoint(), reason, cause));
  }

  /** Ends the attempt. Dependents of the future may block, so they run on a thread of their own. */
  void end(ConnectException failure) {
    if (!decided.compareAndSet(false, true)) {
      return;
    }
    timer.cancel(false);
    Runnable last;
    synchronized (this) {
      failed = true;
      last = undo;
    }
    last.run();
    Runnable fails = () -> client.context.run(() -> opened.completeExceptionally(failure));
    try {
      connector.loops.threads().execute(fails);
    } catch (RejectedExecutionException closed) {
      fails.run();
    }
  }

  /** Sets the action that a failure of the attempt runs; runs it now if it has failed. */
  private void undoBy(Runnable newUndo) {
    synchronized (this) {
      if (!failed) {
        undo = newUndo;
        return;
      }
    }
    newUndo.run();
  }

  /** The message of a failure, or its type if it has none. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.toString() : message;
  }
}
