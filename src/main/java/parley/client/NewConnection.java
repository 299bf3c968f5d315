package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;

/**
 * A connection that only {@link ClientConfig.Builder#onConnect} can use yet. Its requests and
 * messages are sent before all others. All methods may be called from any thread. Futures complete
 * on the event loop, which also calls {@code onConnect}.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class NewConnection<Q, A> {

  private final Connection connection;

  NewConnection(Connection connection) {
    this.connection = connection;
  }

  /**
   * Sends a request, like {@link Client#ask(Object)}.
   *
   * @param request a message that the protocol's codec encodes
   * @return its answer
   */
  public CompletableFuture<A> ask(Q request) {
    return ask(request, connection.client.config.answerTimeout());
  }

  /**
   * Sends a request, like {@link Client#ask(Object, Duration)}.
   *
   * @param request a message that the protocol's codec encodes
   * @param timeout the answer timeout
   * @return its answer
   */
  public CompletableFuture<A> ask(Q request, Duration timeout) {
    return Client.typed(connection.ask(request, timeout));
  }

  /**
   * Sends a message that has no answer, like {@link Client#send}.
   *
   * @param message a message that the protocol's codec encodes
   * @return completed when the kernel has accepted it
   */
  public CompletableFuture<Void> send(Q message) {
    return connection.send(message);
  }

  /**
   * Returns the next frame that answers no request: a banner, or an answer without a key such as
   * MQTT's CONNACK. If no caller waits for it, such a frame goes to {@link
   * ClientConfig.Builder#onUnsolicited}. No frame arrives while {@code onConnect} or a dependent of
   * a future runs on the event loop, so a call there does not miss one.
   *
   * @return the next such frame; fails when the connection ends
   */
  public CompletableFuture<A> next() {
    return Client.typed(connection.nextUnsolicited());
  }

  /** {@return the association of this connection, or null if it has ended} */
  public @Nullable Association association() {
    return Association.of(connection.session);
  }
}
