package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.filter.ChainBuilder;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.transport.PluginContext;

/**
 * Asks a server, over one connection, many requests at a time: each answer completes the future of
 * its request. Works for any protocol.
 *
 * <p>A request fails with {@link AnswerTimeoutException}, with {@link ConnectionLostException} when
 * the connection ends before its answer, or with {@link ClientException} when it was not sent at
 * all. None is ever sent twice. Futures are completed on the event loop, those of a connect on a
 * thread of the connector: what follows there must not block, or use the Async methods. All methods
 * may be called from any thread.
 */
public final class Client implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Client.class);

  private final ClientConfig config;
  private final Connector connector;
  private final boolean ownsConnector;
  private final ChainBuilder chain;
  private final Correlation correlation;
  private final PluginContext context;
  private CompletableFuture<Client> connected = new CompletableFuture<>();
  private @Nullable Connection connection;
  private @Nullable Connection before;
  private boolean closed;
  private volatile int attempt;

  Client(ClientConfig config, Connector connector, boolean ownsConnector) {
    this.config = config;
    this.connector = connector;
    this.ownsConnector = ownsConnector;
    this.chain = connector.chain(config);
    Protocol protocol = config.protocol();
    this.correlation = Protocols.correlation(protocol);
    this.context =
        Protocols.context(protocol) == PluginContext.NONE
            ? PluginContext.NONE
            : PluginContext.current();
  }

  /**
   * Connects to an endpoint, everything else as by default, and waits for it.
   *
   * @throws ConnectException within 10 seconds, if no connection could be made
   */
  public static Client connect(Endpoint endpoint, Protocol protocol) throws ConnectException {
    return connect(ClientConfig.builder(endpoint, protocol).build());
  }

  /**
   * Connects, and waits for it.
   *
   * @throws ConnectException within the connect timeout, if no connection could be made
   * @throws ProtocolException if the protocol's codec, filters or correlation cannot be had
   */
  public static Client connect(ClientConfig config) throws ConnectException {
    Connector connector = new Connector();
    try {
      return new Client(config, connector, true).start().join();
    } catch (ProtocolException e) {
      connector.close();
      throw e;
    } catch (CompletionException e) {
      connector.close();
      if (e.getCause() instanceof ConnectException cause) {
        throw cause;
      }
      throw e;
    }
  }

  ChainBuilder chain() {
    return chain;
  }

  /** The context of the thread that made this client: callbacks run with it. */
  PluginContext context() {
    return context;
  }

  Correlation correlation() {
    return correlation;
  }

  CompletableFuture<Client> start() {
    connector.add(this);
    return connector
        .open(config, this)
        .handle(
            (opened, failure) -> {
              if (failure != null) {
                close();
                throw new CompletionException(Connector.unwrap(failure));
              }
              opened(opened);
              return this;
            });
  }

  private void opened(Connection opened) {
    CompletableFuture<Client> waiting;
    synchronized (this) {
      if (closed) {
        opened.session().closeNow();
        return;
      }
      connection = opened;
      waiting = connected;
    }
    LOG.debug("connected to {}", config.endpoint());
    waiting.complete(this);
    if (!opened.session().isConnected()) {
      lost(opened); // it ended before anyone knew of it
    }
  }

  /** The server has answered: the next loss starts with the shortest wait again. */
  void answered() {
    attempt = 0;
  }

  /** The connection ended: connects again if that was asked for. */
  void lost(Connection ended) {
    boolean again;
    CompletableFuture<Client> next = new CompletableFuture<>();
    synchronized (this) {
      if (connection != ended) {
        return;
      }
      connection = null;
      before = ended;
      connected = next;
      again = config.reconnect() != null && !closed;
    }
    if (again) {
      retry();
    } else {
      next.completeExceptionally(ended.lost());
    }
  }

  private void retry() {
    Backoff backoff = config.reconnect();
    if (backoff == null) {
      return;
    }
    int number;
    synchronized (this) {
      if (closed) {
        return;
      }
      number = attempt;
      attempt = number + 1;
    }
    var unused = connector.loops().schedule(this::reconnect, backoff.before(number));
  }

  private void reconnect() {
    var unused =
        connector
            .open(config, this)
            .whenComplete(
                (opened, failure) -> {
                  if (failure == null) {
                    opened(opened);
                  } else {
                    LOG.debug("{}", Connector.unwrap(failure).getMessage());
                    retry();
                  }
                });
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
   * @return completed when the kernel has it
   */
  public CompletableFuture<Void> send(Object message) {
    return with(now -> now.send(message));
  }

  private <T> CompletableFuture<T> with(Function<Connection, CompletableFuture<T>> action) {
    Connection now = connection();
    if (now != null) {
      return action.apply(now);
    }
    return CompletableFuture.failedFuture(whyNone());
  }

  /** Why the connection before ended, if there was one. */
  private synchronized ConnectionLostException whyNone() {
    return before == null ? new ConnectionLostException("not connected") : before.lost();
  }

  private synchronized @Nullable Connection connection() {
    return connection;
  }

  /** Completed while connected; after a loss, when connected again, or failed if that is not so. */
  public synchronized CompletableFuture<Client> connected() {
    return connected.copy();
  }

  /** Completed with the reason when the connection that there is now ends; at once without one. */
  public CompletableFuture<ConnectionLostException> lost() {
    Connection now = connection();
    return now == null ? CompletableFuture.completedFuture(whyNone()) : now.whenLost();
  }

  /** How many requests wait for their answers. */
  public int inFlight() {
    Connection now = connection();
    return now == null ? 0 : now.inFlight();
  }

  /** The association of the connection that there is now, or null. */
  public @Nullable Association association() {
    Connection now = connection();
    return now == null ? null : Association.of(now.session());
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
      now = connection;
    }
    CompletableFuture<Void> drained =
        now == null ? CompletableFuture.completedFuture(null) : now.drain();
    return drained.thenRun(this::close);
  }

  /** Closes at once: what is in flight fails. A second call changes nothing. */
  @Override
  public void close() {
    Connection now;
    CompletableFuture<Client> waiting;
    synchronized (this) {
      closed = true;
      now = connection;
      waiting = connected;
    }
    waiting.completeExceptionally(new ConnectionLostException("the client is closed"));
    connector.remove(this);
    if (now != null) {
      now.session().closeNow();
    }
    if (ownsConnector) {
      connector.close();
    }
  }
}
