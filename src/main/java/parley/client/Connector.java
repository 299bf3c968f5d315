package parley.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketConnector;
import org.jspecify.annotations.Nullable;
import parley.filter.ChainBuilder;
import parley.filter.FilterChains;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Settings;
import parley.tls.TlsContext;
import parley.tls.TlsFilter;
import parley.transport.EventLoops;
import parley.transport.SessionStructures;

/**
 * Makes connections for any number of clients, on shared event loops: one NioSocketConnector. A
 * client that is made by itself has one of its own. All methods may be called from any thread.
 */
public final class Connector implements AutoCloseable {

  private static final AttributeKey CONNECTION = new AttributeKey(Connector.class, "connection");
  private static final AttributeKey CHAIN = new AttributeKey(Connector.class, "chain");

  private final EventLoops loops;
  private final NioSocketConnector mina;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final Map<Client, CompletableFuture<Connection>> opening = new ConcurrentHashMap<>();

  /** A connector on one event loop. */
  public Connector() {
    this(1);
  }

  /**
   * A connector on several event loops.
   *
   * @param eventLoops 1 to 1024
   */
  public Connector(int eventLoops) {
    loops = new EventLoops(eventLoops, true);
    Executor connecting = loops.thread("parley-connect");
    loops.takeThreads();
    try {
      mina = new NioSocketConnector(connecting, loops);
    } catch (RuntimeException | Error e) {
      loops.release();
      throw e;
    }
    mina.setSessionDataStructureFactory(new SessionStructures());
    mina.getSessionConfig().setTcpNoDelay(true);
    mina.setConnectTimeoutMillis(Duration.ofDays(2).toMillis()); // each connect has a timer here
    mina.getStatistics().getConfig().setStatisticsCalcEnabled(false);
    mina.setFilterChainBuilder(
        chain -> {
          if (chain.getSession().removeAttribute(CHAIN) instanceof ChainBuilder builder) {
            builder.buildFilterChain(chain);
          }
        });
    mina.setHandler(new Handler());
  }

  /**
   * Makes a client and connects it.
   *
   * @return the connected client, or a {@link ConnectException} within the connect timeout
   * @throws parley.protocol.ProtocolException if the protocol's codec, filters or correlation
   *     cannot be had
   */
  public CompletableFuture<Client> connect(ClientConfig config) {
    return new Client(config, this, false).start();
  }

  /** MINA's connector: change its session config before the first connect. */
  public NioSocketConnector mina() {
    return mina;
  }

  EventLoops loops() {
    return loops;
  }

  /** A client that ends with this connector. */
  void add(Client client) {
    clients.add(client);
  }

  void remove(Client client) {
    clients.remove(client);
  }

  /** Connects once, within the config's timeout. */
  CompletableFuture<Connection> open(ClientConfig config, Client client) {
    CompletableFuture<Connection> opened = new CompletableFuture<>();
    opening.put(client, opened);
    AtomicReference<IoSession> made = new AtomicReference<>();
    Future<?> timer = loops.schedule(() -> timeOut(config, made, opened), config.connectTimeout());
    try {
      loops.threads().execute(() -> open(config, client, made, opened));
    } catch (RejectedExecutionException e) {
      opened.completeExceptionally(closed());
    }
    if (loops.isDisposing()) {
      opened.completeExceptionally(closed());
    }
    return opened.whenComplete(
        (connection, failure) -> {
          opening.remove(client);
          timer.cancel(false);
        });
  }

  private void timeOut(
      ClientConfig config, AtomicReference<IoSession> made, CompletableFuture<Connection> opened) {
    String missing = config.tls() == null || made.get() == null ? "answer" : "TLS handshake";
    String reason = "no " + missing + " within " + config.connectTimeout().toMillis() + " ms";
    loops
        .threads()
        .execute(() -> opened.completeExceptionally(cannotConnect(config, reason, null)));
  }

  private static ConnectException cannotConnect(
      ClientConfig config, String reason, @Nullable Throwable cause) {
    return new ConnectException("cannot connect to " + config.endpoint() + ": " + reason, cause);
  }

  private static ConnectException closed() {
    return new ConnectException("the connector is closed");
  }

  private void open(
      ClientConfig config,
      Client client,
      AtomicReference<IoSession> made,
      CompletableFuture<Connection> opened) {
    try {
      InetSocketAddress address = config.endpoint().toSocketAddress(); // may block in a look-up
      if (address.isUnresolved()) {
        throw cannotConnect(config, "unknown host", null);
      }
      ConnectFuture connecting =
          mina.connect(
              address,
              (session, future) -> {
                made.set(session);
                session.setAttribute(CHAIN, client.chain());
                session.setAttribute(CONNECTION, new Connection(session, config, client, loops));
              });
      connecting.addListener(future -> finish((ConnectFuture) future, config, opened));
      var unused =
          opened.whenComplete(
              (connection, failure) -> {
                if (failure != null) {
                  giveUp(connecting, made.get());
                }
              });
    } catch (ConnectException | RuntimeException | Error e) {
      opened.completeExceptionally(
          e instanceof ConnectException ? e : cannotConnect(config, e.toString(), e));
    }
  }

  /**
   * Ends an attempt. One that has a session already is MINA's no more: if it were cancelled then,
   * MINA would take the next attempt for it.
   */
  private static void giveUp(ConnectFuture connecting, @Nullable IoSession made) {
    if (made == null) {
      connecting.cancel();
    } else {
      made.closeNow();
    }
  }

  private static void finish(
      ConnectFuture future, ClientConfig config, CompletableFuture<Connection> opened) {
    Throwable failure = future.getException();
    if (failure != null || future.isCanceled()) {
      opened.completeExceptionally(cannotConnect(config, reason(failure), failure));
      return;
    }
    Connection connection = connectionOf(future.getSession());
    if (connection == null || !opened.complete(connection)) {
      future.getSession().closeNow(); // connected after the timeout
    }
  }

  private static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "given up";
    }
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  /**
   * The chain of a client's connections.
   *
   * @throws parley.protocol.ProtocolException if the protocol does not give its parts
   */
  ChainBuilder chain(ClientConfig config) {
    Protocol protocol = config.protocol();
    Settings settings = config.settings();
    ChainBuilder chain = new ChainBuilder(Protocols.context(protocol));
    TlsContext tls = config.tls();
    FilterChains chains =
        new FilterChains(
            loops,
            config.closeTimeout(),
            Protocols.name(protocol),
            new FilterChains.Owner(
                Protocols.describe(protocol),
                Protocols.context(protocol),
                failure -> Protocols.misfit(protocol, failure)),
            new FilterChains.Below(null, tls == null ? null : new TlsFilter(tls)));
    ProtocolCodecFactory codec =
        Protocols.part(protocol, "codec", () -> protocol.codec(settings, Protocol.Side.CLIENT));
    return Protocols.part(
        protocol,
        "filters",
        () -> {
          chains.client(chain, codec, own -> protocol.extend(own, settings, Protocol.Side.CLIENT));
          return chain;
        });
  }

  private static @Nullable Connection connectionOf(IoSession session) {
    return (Connection) session.getAttribute(CONNECTION);
  }

  /** Closes all connections at once and ends the threads. Waits for it, but not on a loop. */
  @Override
  public void close() {
    if (loops.isLoopThread()) {
      new Thread(this::dispose, "parley-close").start();
    } else {
      dispose();
    }
  }

  private void dispose() {
    mina.dispose();
    clients.forEach(Client::close);
    loops.dispose();
    opening.values().forEach(opened -> opened.completeExceptionally(closed()));
  }

  /** What a CompletableFuture was completed with, without the wrapper. */
  static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Hands events to the session's connection. */
  private static final class Handler extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object frame) {
      Connection connection = connectionOf(session);
      if (connection != null) {
        connection.received(frame);
      }
    }

    @Override
    public void exceptionCaught(IoSession session, Throwable cause) {
      Connection connection = connectionOf(session);
      if (connection != null) {
        connection.faulted(cause);
      }
      session.closeNow(); // nothing that comes now could be an answer
    }
  }
}
