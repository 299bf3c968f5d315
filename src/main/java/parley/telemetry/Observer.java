package parley.telemetry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;

/**
 * Receives events of a server or client; each method does nothing by default. {@code
 * ServerConfig.Builder.observer} and {@code ClientConfig.Builder.observer} take one.
 *
 * <p>All calls for one server or client come one at a time, in order, on a daemon thread of the
 * observer's own. An observer of several is called by several threads. Up to 8,192 events wait;
 * with more, events are dropped and counted ({@code Server.droppedEvents}), so a slow observer
 * holds up nothing. A server that ends delivers the waiting events before, for at most 5 s. An
 * exception is logged, and the next event follows.
 *
 * <p>A client has no listener, its loops belong to its Connector and are not reported, and its
 * requests are the frames that it receives.
 */
public interface Observer {

  /**
   * A listener was bound.
   *
   * @param listener its name
   * @param endpoint its endpoint, with the bound port
   */
  default void listenerBound(String listener, Endpoint endpoint) {}

  /**
   * A listener was closed: it accepts no more connections.
   *
   * @param listener its name
   * @param endpoint its endpoint
   */
  default void listenerClosed(String listener, Endpoint endpoint) {}

  /**
   * A connection was rejected because of a limit.
   *
   * @param listener the listener's name
   * @param peer the peer's endpoint, or that of a trusted proxy's client; null if it is gone. Such
   *     a client's session was opened before, and ends as refused
   * @param limit the limit
   */
  default void connectionRejected(String listener, @Nullable Endpoint peer, Rejection limit) {}

  /**
   * A session was opened. Its TLS handshake, if any, follows.
   *
   * @param service the name of its listener or client
   * @param id MINA's id of the session
   * @param association its association; null if it was lost already
   */
  default void sessionOpened(String service, long id, @Nullable Association association) {}

  /**
   * The TLS handshake of a session has ended.
   *
   * @param handshake what is known of it
   */
  default void handshakeEnded(Handshake handshake) {}

  /**
   * A session has ended, and its handler was notified of that.
   *
   * @param record the session's life
   */
  default void sessionEnded(SessionRecord record) {}

  /**
   * Returns whether {@link #requestBegun} and {@link #requestAnswered} are called. Asked once, when
   * the server or client is created.
   *
   * @return false by default, because these are as many events as there are requests
   */
  default boolean observesRequests() {
    return false;
  }

  /**
   * Requests were handed to the handler: those that one read completed.
   *
   * @param service the name of the session's listener or client
   * @param id MINA's id of the session
   * @param count the number of requests, at least 1
   */
  default void requestBegun(String service, long id, int count) {}

  /**
   * The kernel has taken the answers to requests that began at the same time.
   *
   * @param service the name of the session's listener or client
   * @param id MINA's id of the session
   * @param count the number of requests, at least 1
   * @param duration from the read that completed them
   */
  default void requestAnswered(String service, long id, int count, Duration duration) {}

  /**
   * An event loop is held up, and all its sessions wait.
   *
   * @param loop the loop's name
   * @param blocked for how long up to now
   * @param stack what its thread does, the innermost call first
   */
  default void loopHeldUp(String loop, Duration blocked, String stack) {}

  /**
   * The end of a TLS handshake.
   *
   * @param service the name of the session's listener or client
   * @param id MINA's id of the session
   * @param duration how long it took
   * @param version the version of TLS; null if it failed before that was known
   * @param cipher the cipher suite, or null
   * @param failure why it failed; null if it succeeded
   */
  record Handshake(
      String service,
      long id,
      Duration duration,
      @Nullable String version,
      @Nullable String cipher,
      @Nullable String failure) {}
}
