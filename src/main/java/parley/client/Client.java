package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.mina.core.RuntimeIoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.chain.ChainBuilder;
import parley.internal.loop.PluginContext;
import parley.internal.loop.RareLog;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;

/**
 * Asks a server, over one connection, many requests at a time: each answer completes the future of
 * its request. Works for any protocol.
 *
 * <p>A request fails with {@link AnswerTimeoutException}, with {@link ConnectionLostException} when
 * the connection ends before its answer, with {@link ClientException} itself when it was not sent
 * at all, such as between two connections ({@link #connected} completes when there is one), or with
 * what the codec, a filter or the key function threw for it. None is ever sent twice. Cancelling a
 * request gives it up, although the server may have received it. Requests and messages of one
 * thread go out in order.
 *
 * <p>Futures complete on the event loop; timeouts, failed connects and what a close fails complete
 * on another thread. Dependents on the event loop must not block: use the Async methods for that.
 * The client logs the first {@code join} or {@code get} that blocks its event loop, with its stack;
 * a request that it waits for then ends by its timeout or by {@link #close}. All methods may be
 * called from any thread.
 */
public final class Client implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Client.class);
  private static final RareLog RETRIES = new RareLog(LOG, Level.INFO);

  final ClientConfig config;
  final Connector connector;
  final ChainBuilder chain;
  final Correlation correlation;

  /**
   * The context of all callbacks and of dependents of futures: for a plug-in's protocol, whose code
   * changes it, that of the thread that made this client.
   */
  final PluginContext context;

  private final boolean ownsConnector;
  private final AtomicBoolean hasBlocked = new AtomicBoolean();
  private final @Nullable Retries retries;
  private CompletableFuture<Client> connected = new ClientFuture<>(this);
  private @Nullable Connection latest; // it may be lost
  private @Nullable ConnectAttempt attempt;
  private boolean closed;

  Client(ClientConfig config, Connector connector, boolean ownsConnector) {
    this.config = config;
    this.connector = connector;
    this.ownsConnector = ownsConnector;
    this.chain = connector.chain(config);
    Protocol protocol = config.protocol();
    this.correlation = Protocols.correlation(protocol);
    this.context =
        PluginContext.around(protocol) == PluginContext.NONE
            ? PluginContext.NONE
            : PluginContext.current();
    this.retries = Retries.of(config.reconnect());
  }

  /**
   * Connects to an endpoint, everything else as by default, and waits for it.
   *
   * @throws ConnectException within 10 seconds, if no connection could be made
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
   * @throws IllegalArgumentException if the endpoint's port is 0
   */
  public static Client connect(Endpoint endpoint, Protocol protocol) throws ConnectException {
    return connect(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and waits for it.
   *
   * @throws ConnectException within the connect timeout, if no connection could be made and the
   *     first connect is not tried again; or if the thread is interrupted, whose flag stays set
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
   */
  public static Client connect(ClientConfig config) throws ConnectException {
    Connector connector;
    try {
      connector = new Connector();
    } catch (RuntimeIoException e) { // no descriptor
      throw new ConnectException(config.endpoint(), ConnectAttempt.reason(e), e);
    }
    try {
      return new Client(config, connector, true).start().get();
    } catch (RuntimeException | Error e) { // such as a ProtocolException
      connector.close();
      throw e;
    } catch (InterruptedException e) {
      connector.close();
      Thread.currentThread().interrupt();
      throw new ConnectException(config.endpoint(), "interrupted", e);
    } catch (ExecutionException e) {
      connector.close();
      Throwable cause = e.getCause();
      if (cause instanceof ConnectException failed) {
        throw failed;
      }
      throw new ConnectException(config.endpoint(), String.valueOf(cause), cause);
    }
  }

  /** Whether the caller is one of the client's event loops. */
  boolean isLoopThread() {
    return connector.loops.isLoopThread();
  }

  /** The caller is about to wait for a future of this client that is not completed. */
  void blocks() {
    if (isLoopThread() && hasBlocked.compareAndSet(false, true)) {
      LOG.warn(
          "join or get blocks the event loop that completes the future: compose futures, or use"
              + " the Async methods (logged once per client)",
          new IllegalStateException("blocked here"));
    }
  }

  /** Connects for the first time. The client closes if its caller completes the future first. */
  CompletableFuture<Client> start() {
    CompletableFuture<Client> first = connectedNow();
    var unused =
        first.whenComplete(
            (client, failure) -> {
              if (client != this) {
                close();
              }
            });
    connector.add(this);
    connect(Retries.of(config.retryFirstConnect()));
    return first;
  }

  /** Connects, and again after each failure if there are retries, unless closed. */
  private void connect(@Nullable Retries retries) {
    ConnectAttempt next = new ConnectAttempt(connector, this);
    boolean isOver;
    synchronized (this) {
      attempt = next;
      isOver = closed;
    }
    if (isOver) {
      next.end(closedException());
    }
    var unused =
        next.start()
            .whenComplete(
                (opened, failure) -> {
                  if (failure == null) {
                    opened(opened);
                  } else if (retries == null || isClosed()) {
                    connectedNow().completeExceptionally(failure);
                  } else {
                    retry(retries, failure);
                  }
                });
  }

  private ConnectException closedException() {
    return new ConnectException(
        connector.isClosing() ? "the connector is closed" : "the client is closed");
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void opened(Connection opened) {
    CompletableFuture<Client> waiting = null;
    synchronized (this) {
      if (!closed) {
        latest = opened;
        waiting = connected;
      }
    }
    if (waiting == null) {
      opened.close();
      return;
    }
    LOG.debug("connected to {}", config.endpoint());
    waiting.complete(this);
    if (!opened.session.isConnected()) {
      lost(opened); // it ended before anyone knew of it
    }
  }

  /** The connection ended: connects again if that was asked for. */
  void lost(Connection ended) {
    CompletableFuture<Client> next = new CompletableFuture<>();
    Retries again;
    synchronized (this) {
      if (latest != ended || !connected.isDone()) {
        return; // not used yet, or reported before
      }
      connected = next;
      again = closed ? null : retries;
    }
    if (again == null) {
      next.completeExceptionally(ended.lost());
    } else {
      again.ended(ended.age(), ended.answering());
      retry(again, ended.lost());
    }
  }

  private void retry(Retries waits, Throwable cause) {
    Duration wait = waits.next();
    RETRIES.log(
        "connect follows: endpoint="
            + config.endpoint()
            + " wait="
            + wait.toMillis()
            + "ms reason="
            + ClientFuture.unwrap(cause).getMessage());
    var unused = connector.timer.schedule(() -> connect(waits), wait);
  }

  /**
   * Sends a request.
   *
   * @param message what the protocol's codec encodes
   * @return its answer, a frame of the codec; or why there is none, as said above
   */
  public CompletableFuture<Object> ask(Object message) {
    return ask(message, config.answerTimeout());
  }

  /** As {@link #ask(Object)}, with a timeout of its own in place of the config's. */
  public CompletableFuture<Object> ask(Object message, Duration timeout) {
    return with(now -> now.ask(message, timeout));
  }

  /**
   * Sends a message that no answer is matched to.
   *
   * @return completed when the kernel has it; fails as a request does, except for the timeout
   */
  public CompletableFuture<Void> send(Object message) {
    return with(now -> now.send(message));
  }

  private <T> CompletableFuture<T> with(Function<Connection, CompletableFuture<T>> action) {
    Connection now = connection();
    if (now != null) {
      return action.apply(now);
    }
    ConnectionLostException why = whyNone();
    return CompletableFuture.failedFuture(
        new ClientException("not sent, there is no connection: " + why.getMessage(), why));
  }

  /** Returns why there is no connection now. */
  private synchronized ConnectionLostException whyNone() {
    return latest == null ? new ConnectionLostException("not connected", null) : latest.lost();
  }

  /** Returns the connection that there is now, or null. */
  synchronized @Nullable Connection connection() {
    return latest == null || latest.hasEnded() ? null : latest;
  }

  /**
   * Completed while connected; after a loss, when connected again, or failed with a {@link
   * ConnectionLostException} if that is not so.
   */
  public CompletableFuture<Client> connected() {
    return new ClientFuture<Client>(this).completeAs(connectedNow());
  }

  private synchronized CompletableFuture<Client> connectedNow() {
    return connected;
  }

  /** Completed with the reason when the connection that there is now ends; at once without one. */
  public CompletableFuture<ConnectionLostException> lost() {
    Connection now = connection();
    return now == null
        ? CompletableFuture.completedFuture(whyNone())
        : new ClientFuture<ConnectionLostException>(this).completeAs(now.whenLost());
  }

  /** How many requests wait for their answers. */
  public int inFlight() {
    Connection now = connection();
    return now == null ? 0 : now.capacity.inFlight();
  }

  /** The association of the connection that there is now, or null. */
  public @Nullable Association association() {
    Connection now = connection();
    return now == null ? null : Association.of(now.session);
  }

  /**
   * Sends no more, waits for the answers in flight, each bounded by its timeout, and closes.
   *
   * @return completed when it has closed
   */
  public CompletableFuture<Void> drain() {
    Connection now;
    synchronized (this) {
      closed = true;
      now = connection();
    }
    CompletableFuture<?> drained = CompletableFuture.completedFuture(null);
    if (now != null) {
      now.drain();
      drained = now.whenLost();
    }
    return new ClientFuture<Void>(this).completeAs(drained.thenRun(this::close));
  }

  /** Closes at once: what is in flight fails. A second call changes nothing. */
  @Override
  public void close() {
    Connection now;
    ConnectAttempt connecting;
    CompletableFuture<Client> waiting;
    synchronized (this) {
      closed = true;
      now = latest; // one that was lost may block its event loop
      connecting = attempt;
      waiting = connected;
    }
    waiting.completeExceptionally(
        now == null
            ? closedException()
            : new ConnectionLostException("the client is closed", null));
    if (connecting != null) {
      connecting.end(closedException());
    }
    connector.remove(this);
    if (now != null) {
      now.close();
    }
    if (ownsConnector) {
      connector.close();
    }
  }
}
