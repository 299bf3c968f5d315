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
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class Client<Q, A> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Client.class);
  private static final RareLog RETRIES = new RareLog(LOG, Level.INFO);

  final ClientConfig<Q, A> config;
  final Connector connector;
  final ChainBuilder chain;
  final Correlation<Object, Object> correlation;

  /**
   * The context of all callbacks and of dependents of futures: for a plug-in's protocol, whose code
   * changes it, that of the thread that made this client.
   */
  final PluginContext context;

  private final boolean ownsConnector;
  private final AtomicBoolean hasBlocked = new AtomicBoolean();
  private final @Nullable Retries retries;
  private volatile CompletableFuture<Client<Q, A>> connected = new ClientFuture<>(this);
  private volatile @Nullable Connection latest; // it may be lost
  private volatile @Nullable ConnectAttempt attempt;
  private volatile boolean closed; // set before the others are read, and read after they are set

  Client(ClientConfig<Q, A> config, Connector connector, boolean ownsConnector) {
    this.config = config;
    this.connector = connector;
    this.ownsConnector = ownsConnector;
    this.chain = connector.chain(config);
    Protocol<Q, A> protocol = config.protocol();
    this.correlation = untyped(Protocols.correlation(protocol));
    this.context =
        PluginContext.around(protocol) == PluginContext.NONE
            ? PluginContext.NONE
            : PluginContext.current();
    this.retries = Retries.of(config.reconnect());
  }

  /**
   * Connects to an endpoint, everything else as by default, and waits for it.
   *
   * @param endpoint such as {@code tcp://127.0.0.1:9123}
   * @throws ConnectException within 10 seconds, if no connection could be made
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
   * @throws IllegalArgumentException if that is not an endpoint, or its port is 0
   */
  public static <Q, A> Client<Q, A> connect(String endpoint, Protocol<Q, A> protocol) {
    return connect(Endpoint.parse(endpoint), protocol);
  }

  /** As {@link #connect(String, Protocol)}. */
  public static <Q, A> Client<Q, A> connect(Endpoint endpoint, Protocol<Q, A> protocol) {
    return connect(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and waits for it.
   *
   * @throws ConnectException within the connect timeout, if no connection could be made and the
   *     first connect is not tried again; or if the thread is interrupted, whose flag stays set
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
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

  /** As {@link #connectAsync(ClientConfig)}, everything else as by default. */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(
      String endpoint, Protocol<Q, A> protocol) {
    return connectAsync(Endpoint.parse(endpoint), protocol);
  }

  /** As {@link #connectAsync(String, Protocol)}. */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(
      Endpoint endpoint, Protocol<Q, A> protocol) {
    return connectAsync(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and returns at once. Cancelling the future, or completing it in another way such as
   * {@code orTimeout}, closes the client.
   *
   * @return the connected client; fails with a {@link ConnectException} within the connect timeout,
   *     unless the config repeats the first connect
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
   */
  public static <Q, A> CompletableFuture<Client<Q, A>> connectAsync(ClientConfig<Q, A> config) {
    try {
      return of(config).start();
    } catch (ConnectException noDescriptor) {
      return CompletableFuture.failedFuture(noDescriptor);
    }
  }

  /** A client with a connector of its own. */
  private static <Q, A> Client<Q, A> of(ClientConfig<Q, A> config) {
    Connector connector;
    try {
      connector = new Connector();
    } catch (RuntimeIoException e) { // no descriptor
      throw new ConnectException(config.endpoint(), ConnectAttempt.reason(e), e);
    }
    try {
      return new Client<>(config, connector, true);
    } catch (RuntimeException | Error e) { // such as a ProtocolException
      connector.close();
      throw e;
    }
  }

  /** The codec's types are the client's, so a frame that it decoded is an answer. */
  @SuppressWarnings("unchecked")
  static <T> CompletableFuture<T> typed(CompletableFuture<Object> frame) {
    return (CompletableFuture<T>) frame;
  }

  @SuppressWarnings("unchecked") // its connections handle what the codec of the same types does
  private static Correlation<Object, Object> untyped(Correlation<?, ?> correlation) {
    return (Correlation<Object, Object>) correlation;
  }

  /** The caller is about to wait for a future of this client that is not completed. */
  void blocks() {
    if (connector.loops.isLoopThread() && hasBlocked.compareAndSet(false, true)) {
      LOG.warn(
          "join or get blocks the event loop that completes the future: compose futures, or use"
              + " the Async methods (logged once per client)",
          new IllegalStateException("blocked here"));
    }
  }

  /** Connects for the first time. The client closes if its caller completes the future first. */
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

  /** Connects, and again after each failure if there are retries, unless closed. */
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

  /** Completes futures on a thread of its own, as their dependents may block. */
  private void elsewhere(Runnable completion) {
    Runnable task = () -> context.run(completion);
    try {
      connector.loops.threads().execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) { // or connect waits for ever
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
    LOG.debug("connected to {}", config.endpoint());
    connected.complete(this);
    if (!opened.session.isConnected()) {
      lost(opened); // it ended before anyone knew of it
    }
  }

  /** The connection ended: connects again if that was asked for. */
  void lost(Connection ended) {
    synchronized (this) {
      if (latest != ended || !connected.isDone()) {
        return; // not used yet, or reported before
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
        "connect follows: endpoint=%s wait=%sms reason=%s"
            .formatted(
                config.endpoint(), wait.toMillis(), ClientFuture.unwrap(failure).getMessage()));
    var unused = connector.timer.schedule(() -> connect(again), wait);
  }

  /**
   * Sends a request.
   *
   * @param request what the protocol's codec encodes
   * @return its answer, a frame of the codec; or why there is none, as said above
   */
  public CompletableFuture<A> ask(Q request) {
    return ask(request, config.answerTimeout());
  }

  /** As {@link #ask(Object)}, with a timeout of its own in place of the config's. */
  public CompletableFuture<A> ask(Q request, Duration timeout) {
    Connection now = connection();
    return now == null ? notSent() : typed(now.ask(request, timeout));
  }

  /**
   * Sends a message that no answer is matched to.
   *
   * @return completed when the kernel has it; fails as a request does, except for the timeout
   */
  public CompletableFuture<Void> send(Q message) {
    Connection now = connection();
    return now == null ? notSent() : now.send(message);
  }

  private <T> CompletableFuture<T> notSent() {
    ConnectionLostException why = whyNone();
    return CompletableFuture.failedFuture(
        new ClientException("not sent, there is no connection: " + why.getMessage(), why));
  }

  private ConnectionLostException whyNone() {
    Connection last = latest;
    return last == null ? new ConnectionLostException("not connected", null) : last.lost();
  }

  /** Returns the connection that there is now, or null. */
  @Nullable Connection connection() {
    Connection now = latest;
    return now == null || now.ended ? null : now;
  }

  /**
   * Completed while connected; after a loss, when connected again, or failed with a {@link
   * ConnectionLostException} if that is not so.
   */
  public CompletableFuture<Client<Q, A>> connected() {
    return new ClientFuture<Client<Q, A>>(this).completeAs(connected);
  }

  /** Completed with the reason when the connection that there is now ends; at once without one. */
  public CompletableFuture<ConnectionLostException> lost() {
    Connection now = connection();
    return now == null
        ? CompletableFuture.completedFuture(whyNone())
        : new ClientFuture<ConnectionLostException>(this).completeAs(now.whenLost);
  }

  /** Returns the number of requests that wait for their answers. */
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
    closed = true;
    Connection now = connection();
    CompletableFuture<?> drained = CompletableFuture.completedFuture(null);
    if (now != null) {
      now.drain();
      drained = now.whenLost;
    }
    return new ClientFuture<Void>(this).completeAs(drained.thenRun(this::close));
  }

  /** Closes at once: what is in flight fails. A second call changes nothing. */
  @Override
  public void close() {
    closed = true;
    Connection now = latest; // one that was lost may block its event loop
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
