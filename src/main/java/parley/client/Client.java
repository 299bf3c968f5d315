package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.mina.core.RuntimeIoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.client.Backoff.Retries;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.chain.ChainBuilder;
import parley.internal.loop.LoopThreads;
import parley.internal.loop.PluginContext;
import parley.internal.telemetry.Observers;
import parley.internal.telemetry.RareLog;
import parley.internal.telemetry.ServiceMeter;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.telemetry.ServiceFigures;
import parley.telemetry.SessionLog;

/**
 * A client of any protocol: sends many requests at a time over one connection, and completes each
 * request's future with its answer.
 *
 * <p>A request fails with {@link AnswerTimeoutException} if its answer did not come in time. It
 * fails with {@link ConnectionLostException} if the connection ended before the answer came. It
 * fails with {@link ClientException} itself if it was not sent at all, such as between two
 * connections; {@link #connected} completes when there is a connection. It fails with the exception
 * of the codec, a filter or the key function if one of those threw. No request is sent twice.
 * Cancelling a request gives it up, although the server may have received it. Requests and messages
 * of one thread are sent in order.
 *
 * <p>Futures complete on the event loop. Timeouts, failed connects and the failures that a close
 * causes complete on another thread. Dependents on the event loop must not block: use the Async
 * methods for that. The client logs the first {@code join} or {@code get} that blocks its event
 * loop, with its stack; the request that it waits for then ends by its timeout or by {@link
 * #close}. All methods may be called from any thread.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class Client<Q, A> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Client.class);
  private static final RareLog RETRIES = new RareLog(LOG, Level.INFO);

  final ClientConfig<Q, A> config;
  private final ServiceMeter meter;
  final Connector connector;
  final ChainBuilder chain;
  final Correlation<Object, Object> correlation;

  /**
   * The context of all callbacks and of dependents of futures. If a plug-in's code changes the
   * context, the callbacks still run with the context of the thread that created this client.
   */
  final PluginContext context;

  private final boolean ownsConnector;
  private final AtomicBoolean hasBlocked = new AtomicBoolean();
  private final @Nullable Retries retries;
  private volatile CompletableFuture<Client<Q, A>> connected = new ClientFuture<>(this);
  private volatile @Nullable Connection latest; // it may have ended
  private volatile @Nullable ConnectAttempt attempt;
  private volatile boolean closed; // set before other fields are read, and read after they are set

  Client(ClientConfig<Q, A> config, Connector connector, boolean ownsConnector) {
    this.config = config;
    this.connector = connector;
    this.ownsConnector = ownsConnector;
    String name = Protocols.name(config.protocol());
    Observers observers =
        new Observers(config.observers(), LoopThreads.named("parley-observer", true));
    this.meter = new ServiceMeter(name, name, connector.loops.size(), observers, SessionLog.OFF);
    this.chain = connector.chain(config, meter);
    Protocol<Q, A> protocol = config.protocol();
    this.correlation = untyped(Protocols.correlation(protocol));
    this.context =
        PluginContext.around(protocol) == PluginContext.NONE
            ? PluginContext.NONE
            : PluginContext.current();
    this.retries = Retries.of(config.reconnect());
  }

  /**
   * Connects to an endpoint with the default configuration, and waits until it is connected.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the server's endpoint, such as {@code tcp://127.0.0.1:9123}
   * @param protocol the protocol
   * @return the connected client
   * @throws ConnectException within 10 seconds, if no connection could be made
   * @throws ProtocolException if the protocol cannot provide its codec, filters or correlation
   * @throws IllegalArgumentException if the text is not an endpoint, or its port is 0
   */
  public static <Q, A> Client<Q, A> connect(String endpoint, Protocol<Q, A> protocol) {
    return connect(Endpoint.parse(endpoint), protocol);
  }

  /**
   * Connects to an endpoint like {@link #connect(String, Protocol)}.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the server's endpoint
   * @param protocol the protocol
   * @return the connected client
   */
  public static <Q, A> Client<Q, A> connect(Endpoint endpoint, Protocol<Q, A> protocol) {
    return connect(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and waits until it is connected.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param config the configuration
   * @return the connected client
   * @throws ConnectException within the connect timeout, if no connection could be made and the
   *     config does not repeat the first connect. It is also thrown if the thread is interrupted,
   *     whose interrupt flag stays set
   * @throws ProtocolException if the protocol cannot provide its codec, filters or correlation
   */
  public static <Q, A> Client<Q, A> connect(ClientConfig<Q, A> config) {
    Client<Q, A> client = of(config);
    try {
      return client.start().get();
    } catch (InterruptedException e) {
      client.close();
      Thread.currentThread().interrupt();
      throw new ConnectException(config.endpoint(), "interrupted", e);
    } catch (ExecutionException e) {
      client.close();
      if (e.getCause() instanceof ConnectException failed) {
        throw failed;
      }
      throw new ConnectException(config.endpoint(), String.valueOf(e.getCause()), e.getCause());
    }
  }

  /**
   * Connects to an endpoint with the default configuration, like {@link
   * #connectAsync(ClientConfig)}.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the server's endpoint, such as {@code tcp://127.0.0.1:9123}
   * @param protocol the protocol
   * @return the connected client
   */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(
      String endpoint, Protocol<Q, A> protocol) {
    return connectAsync(Endpoint.parse(endpoint), protocol);
  }

  /**
   * Connects to an endpoint with the default configuration, like {@link
   * #connectAsync(ClientConfig)}.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param endpoint the server's endpoint
   * @param protocol the protocol
   * @return the connected client
   */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(
      Endpoint endpoint, Protocol<Q, A> protocol) {
    return connectAsync(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and returns at once. Cancelling the future, or completing it in another way such as
   * {@code orTimeout}, closes the client.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param config the configuration
   * @return the connected client; fails with a {@link ConnectException} within the connect timeout,
   *     unless the config repeats the first connect
   * @throws ProtocolException if the protocol cannot provide its codec, filters or correlation
   */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(ClientConfig<Q, A> config) {
    try {
      return of(config).start();
    } catch (ConnectException noDescriptor) {
      return CompletableFuture.failedFuture(noDescriptor);
    }
  }

  /** Returns a client with its own connector. */
  private static <Q, A> Client<Q, A> of(ClientConfig<Q, A> config) {
    Connector connector;
    try {
      connector = new Connector();
    } catch (RuntimeIoException e) { // such as too few file descriptors
      throw new ConnectException(config.endpoint(), ConnectAttempt.reason(e), e);
    }
    try {
      return new Client<>(config, connector, true);
    } catch (RuntimeException | Error e) { // such as a ProtocolException
      connector.close();
      throw e;
    }
  }

  /** Casts a frame to the answer type: the codec that decoded it has the client's types. */
  @SuppressWarnings("unchecked")
  static <T> CompletableFuture<T> typed(CompletableFuture<Object> frame) {
    return (CompletableFuture<T>) frame;
  }

  @SuppressWarnings("unchecked") // its connections use the codec of the same types
  private static Correlation<Object, Object> untyped(Correlation<?, ?> correlation) {
    return (Correlation<Object, Object>) correlation;
  }

  /** Called before a caller waits for a future of this client that is not complete. */
  void blocks() {
    if (connector.loops.isLoopThread() && hasBlocked.compareAndSet(false, true)) {
      LOG.warn(
          "event loop blocked by join or get of a future that it completes: endpoint={}"
              + " hint=\"compose futures, or use the Async methods\"",
          config.endpoint(),
          new IllegalStateException("blocked here"));
    }
  }

  /**
   * Connects for the first time. If the caller completes the future before that, the client closes.
   */
  CompletableFuture<Client<Q, A>> start() {
    CompletableFuture<Client<Q, A>> first = connected;
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

  /**
   * Connects; after a failure, connects again if there are retries, unless the client is closed.
   */
  private void connect(@Nullable Retries retries) {
    ConnectAttempt next = new ConnectAttempt(this);
    attempt = next;
    if (closed) {
      next.end(closedException());
    }
    var unused =
        next.start()
            .whenComplete(
                (opened, failure) -> {
                  if (failure == null) {
                    opened(opened);
                  } else {
                    elsewhere(() -> failed(retries, failure));
                  }
                });
  }

  /** Completes futures on a separate thread, because their dependents may block. */
  private void elsewhere(Runnable completion) {
    Runnable task = () -> context.run(completion);
    try {
      connector.loops.threads().execute(task);
    } catch (RejectedExecutionException
        | OutOfMemoryError noThread) { // otherwise connect would wait forever
      task.run();
    }
  }

  private ConnectException closedException() {
    return new ConnectException(
        connector.closing ? "the connector is closed" : "the client is closed");
  }

  private void opened(Connection opened) {
    latest = opened;
    if (closed) {
      opened.close();
      return;
    }
    LOG.debug("connected: endpoint={}", config.endpoint());
    connected.complete(this);
    if (!opened.session.isConnected()) {
      lost(opened); // it ended before it was stored
    }
  }

  /** Called when a connection ended: connects again if the config has a reconnect. */
  void lost(Connection ended) {
    synchronized (this) {
      if (latest != ended || !connected.isDone()) {
        return; // not used yet, or already reported
      }
      connected = new CompletableFuture<>();
    }
    if (retries != null) {
      retries.ended(ended.age(), ended.answering());
    }
    failed(retries, ended.lost());
  }

  private void failed(@Nullable Retries again, Throwable failure) {
    if (again == null || closed) {
      connected.completeExceptionally(failure);
      return;
    }
    Duration wait = again.next();
    RETRIES.log(
        "connect follows: endpoint=%s wait=%sms reason=\"%s\""
            .formatted(
                config.endpoint(), wait.toMillis(), ClientFuture.unwrap(failure).getMessage()));
    var unused = connector.timer.schedule(() -> connect(again), wait);
  }

  /**
   * Sends a request.
   *
   * @param request a message that the protocol's codec encodes
   * @return its answer, a frame of the codec; fails as the class describes
   */
  public CompletableFuture<A> ask(Q request) {
    return ask(request, config.answerTimeout());
  }

  /**
   * Sends a request with its own timeout.
   *
   * @param request a message that the protocol's codec encodes
   * @param timeout the answer timeout, instead of the config's
   * @return its answer, a frame of the codec; fails as the class describes
   */
  public CompletableFuture<A> ask(Q request, Duration timeout) {
    Connection now = connection();
    return now == null ? notSent() : typed(now.ask(request, timeout));
  }

  /**
   * Sends a message that has no answer.
   *
   * @param message a message that the protocol's codec encodes
   * @return completed when the kernel has accepted it; fails like a request, except for the timeout
   */
  public CompletableFuture<Void> send(Q message) {
    Connection now = connection();
    return now == null ? notSent() : now.send(message);
  }

  private <T> CompletableFuture<T> notSent() {
    ConnectionLostException why = whyNone();
    return CompletableFuture.failedFuture(
        new ClientException(
            "not sent, because the client is not connected: " + why.getMessage(), why));
  }

  private ConnectionLostException whyNone() {
    Connection last = latest;
    return last == null ? new ConnectionLostException("not connected", null) : last.lost();
  }

  /** Returns the current connection, or null if there is none. */
  @Nullable Connection connection() {
    Connection now = latest;
    return now == null || now.ended ? null : now;
  }

  /**
   * Returns a future of this client that is complete while the client is connected. After the
   * connection is lost, a new future completes when the client is connected again, or fails with a
   * {@link ConnectionLostException} if it does not reconnect.
   *
   * @return this client
   */
  public CompletableFuture<Client<Q, A>> connected() {
    return new ClientFuture<Client<Q, A>>(this).completeAs(connected);
  }

  /**
   * Returns a future that completes when the current connection ends. Without a connection it is
   * already complete.
   *
   * @return the reason why the connection ended
   */
  public CompletableFuture<ConnectionLostException> lost() {
    Connection now = connection();
    return now == null
        ? CompletableFuture.completedFuture(whyNone())
        : new ClientFuture<ConnectionLostException>(this).completeAs(now.whenLost);
  }

  /** {@return the number of requests that wait for their answers} */
  public int inFlight() {
    Connection now = connection();
    return now == null ? 0 : now.capacity.inFlight();
  }

  /** {@return what was counted for this client's connections} */
  public ServiceFigures figures() {
    return meter.figures();
  }

  /** {@return the association of the current connection, or null if there is none} */
  public @Nullable Association association() {
    Connection now = connection();
    return now == null ? null : Association.of(now.session);
  }

  /**
   * Closes gracefully: sends no more, waits for the answers in flight, each bounded by its timeout,
   * and closes.
   *
   * @return completed after the client has closed
   */
  public CompletableFuture<Void> drain() {
    closed = true;
    Connection now = connection();
    CompletableFuture<?> drained = CompletableFuture.completedFuture(null);
    if (now != null) {
      now.drain();
      drained = now.whenLost;
    }
    return new ClientFuture<Void>(this).completeAs(drained.thenRun(this::close));
  }

  /** Closes at once. Requests in flight fail. A second call has no effect. */
  @Override
  public void close() {
    closed = true;
    Connection now = latest; // a lost connection may block its event loop
    ConnectAttempt connecting = attempt;
    connected.completeExceptionally(
        now == null
            ? closedException()
            : new ConnectionLostException("the client is closed", null));
    if (connecting != null) {
      connecting.end(closedException());
    }
    connector.clients.remove(this);
    if (now != null) {
      now.close();
    }
    if (ownsConnector) {
      connector.close();
    }
  }
}
