package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;

/**
 * A connection that only {@link ClientConfig.Builder#onConnect} can use yet: its requests and
 * messages go out before all others. All methods may be called from any thread. Futures complete on
 * the event loop, which also calls {@code onConnect}.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class NewConnection<Q, A> {

  private final Connection connection;

  NewConnection(Connection connection) {
    this.connection = connection;
  }

  /** Sends a request, as {@link Client#ask(Object)}. */
  public CompletableFuture<A> ask(Q request) {
    return ask(request, connection.client.config.answerTimeout());
  }

  /** Sends a request, as {@link Client#ask(Object, Duration)}. */
  public CompletableFuture<A> ask(Q request, Duration timeout) {
    return Client.typed(connection.ask(request, timeout));
  }

  /** Sends a message that no answer is matched to, as {@link Client#send}. */
  public CompletableFuture<Void> send(Q message) {
    return connection.send(message);
  }

  /**
   * Waits for a frame that answers no request: a banner, or an answer without a key such as MQTT's
   * CONNACK. Without a waiting caller such a frame goes to {@link
   * ClientConfig.Builder#onUnsolicited}. No frame arrives while {@code onConnect} or a dependent of
   * a future runs on the event loop, so a call there does not miss one.
   *
   * @return the next such frame; fails when the connection ends
   */
  public CompletableFuture<A> next() {
    return Client.typed(connection.nextUnsolicited());
  }

  /** The association of this connection, or null if it has ended. */
  public @Nullable Association association() {
    return Association.of(connection.session);
  }
}
