package parley.client;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.apache.mina.core.RuntimeIoException;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.IoFuture;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionInitializer;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketConnector;
import org.jspecify.annotations.Nullable;
import parley.internal.chain.ChainBuilder;
import parley.internal.chain.FilterChains;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.SessionState;
import parley.internal.loop.SessionStructures;
import parley.internal.telemetry.Observers;
import parley.internal.telemetry.ServiceMeter;
import parley.internal.tls.TlsContext;
import parley.internal.tls.TlsEngineFilter;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Settings;

/**
 * A source of connections for any number of clients, on shared event loops. Their sessions belong
 * to one NioSocketConnector. A client that is connected without a connector has its own. All
 * methods may be called from any thread.
 */
public final class Connector implements AutoCloseable {

  /** The handler of a session that other code opened with MINA's connector. */
  private static final IoHandler NONE = new IoHandlerAdapter();

  /** The time after which the stack of a blocked event loop is logged. */
  private static final Duration WATCHDOG = Duration.ofSeconds(1);

  private static final Class<?> MINA = NioSocketConnector.class;
  private static final MethodHandle OPEN = method(MINA, "newHandle", SocketAddress.class);
  private static final MethodHandle NEW =
      method(MINA, "newSession", IoProcessor.class, SocketChannel.class);
  private static final MethodHandle INIT =
      method(
          AbstractIoService.class,
          "initSession",
          IoSession.class,
          IoFuture.class,
          IoSessionInitializer.class);

  final EventLoopGroup loops;
  final Timer timer;
  final Dialer dialer;
  private final NioSocketConnector mina;
  volatile boolean closing;
  final Set<Client<?, ?>> clients = ConcurrentHashMap.newKeySet();

  /** Creates a connector on one event loop. */
  public Connector() {
    this(1);
  }

  /**
   * Creates a connector on several event loops.
   *
   * @param eventLoops the number of event loops, 1 to 1024
   * @throws IllegalArgumentException if the number is out of range
   * @throws RuntimeIoException if the process has too few file descriptors
   */
  public Connector(int eventLoops) {
    this(eventLoops, null);
  }

  /** Creates a connector with its own timer instead of the event loops' timer. */
  Connector(int eventLoops, @Nullable Timer ownTimer) {
    loops = new EventLoopGroup(eventLoops, true);
    timer = ownTimer == null ? loops::schedule : ownTimer;
    Executor connecting = loops.thread("parley-connect");
    dialer = new Dialer(loops);
    try {
      loops.takeThreads();
      mina = new NioSocketConnector(loops.threads(), loops);
    } catch (RuntimeException | Error e) {
      dialer.release();
      loops.release();
      throw e;
    }
    connecting.execute(dialer);
    loops.watch(WATCHDOG, Observers.NONE);
    mina.setSessionDataStructureFactory(new SessionStructures());
    mina.getSessionConfig().setTcpNoDelay(true);
    mina.getStatistics().getConfig().setStatisticsCalcEnabled(false);
    mina.setFilterChainBuilder(
        chain -> {
          if (SessionState.of(chain.getSession()).handler() instanceof Connection connection) {
            connection.client.chain.buildFilterChain(chain);
          }
        });
    mina.setHandler(new Handler());
  }

  /**
   * Creates a client and connects it. Cancelling the future, or completing it in another way such
   * as {@code orTimeout}, closes the client.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param config the configuration
   * @return the connected client; fails with a {@link ConnectException} within the connect timeout,
   *     unless the config repeats the first connect
   * @throws parley.protocol.ProtocolException if the protocol cannot provide its codec, filters or
   *     correlation
   */
  public <Q, A> CompletableFuture<Client<Q, A>> connect(ClientConfig<Q, A> config) {
    return new Client<>(config, this, false).start();
  }

  /**
   * Returns MINA's connector. All sessions belong to it and use its session config, so change that
   * config before the first connect.
   *
   * @return the connector
   */
  public NioSocketConnector mina() {
    return mina;
  }

  /**
   * Adds a client that closes with this connector. Closes it at once if the connector is closed.
   */
  void add(Client<?, ?> client) {
    clients.add(client);
    if (closing) {
      client.close();
    }
  }

  /** Opens a non-blocking channel with MINA's settings, bound to its default local address. */
  SocketChannel open() throws IOException {
    return (SocketChannel) call(OPEN, mina, mina.getDefaultLocalAddress());
  }

  /**
   * Creates the session of a connected channel and hands it to its event loop.
   *
   * @param future fails if its chain cannot be built, or a filter fails it
   */
  Connection add(SocketChannel channel, ConnectFuture future, ConnectAttempt attempt)
      throws IOException {
    NioSession session = (NioSession) call(NEW, mina, loops, channel);
    call(INIT, mina, session, future, null);
    Connection connection = new Connection(session, attempt);
    SessionState.of(session).setHandler(connection);
    loops.add(session);
    return connection;
  }

  /** Returns a method that MINA calls inside its own connect, which takes only one address. */
  private static MethodHandle method(Class<?> owner, String name, Class<?>... parameters) {
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .unreflect(owner.getDeclaredMethod(name, parameters));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // an unknown version of MINA
    }
  }

  private static Object call(MethodHandle method, @Nullable Object... arguments)
      throws IOException {
    try {
      return method.invokeWithArguments(arguments);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  /** Returns the chain of a client's connections, or throws a ProtocolException. */
  ChainBuilder chain(ClientConfig<?, ?> config, ServiceMeter meter) {
    Protocol<?, ?> protocol = config.protocol();
    Settings settings = config.settings();
    TlsContext tls = config.tlsContext;
    ProtocolCodecFactory codec =
        Protocols.part(protocol, "client codec", () -> protocol.clientCodec(settings));
    return new FilterChains(loops, config.closeTimeout(), meter, protocol, settings, codec)
        .client(tls == null ? null : new TlsEngineFilter(tls));
  }

  /**
   * Closes all connections at once and ends the threads. Waits for that, except on an event loop.
   */
  @Override
  public void close() {
    if (loops.isLoopThread()) {
      new Thread(this::dispose, "parley-close").start();
    } else {
      dispose();
    }
  }

  private void dispose() {
    closing = true;
    mina.dispose();
    dialer.end();
    clients.forEach(Client::close);
    loops.dispose();
    clients.forEach(Client::close); // those added in the meantime
  }

  /** Runs short tasks once, after a delay, unless their future is cancelled before. */
  interface Timer {
    Future<?> schedule(Runnable task, Duration delay);
  }

  /** Hands events to the session's connection. */
  private static final class Handler extends IoHandlerAdapter {

    private static IoHandler of(IoSession session) {
      return Objects.requireNonNullElse(SessionState.of(session).handler(), NONE);
    }

    @Override
    public void sessionOpened(IoSession session) throws Exception {
      of(session).sessionOpened(session);
    }

    @Override
    public void messageReceived(IoSession session, Object frame) throws Exception {
      of(session).messageReceived(session, frame);
    }

    @Override
    public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
      of(session).exceptionCaught(session, cause);
      session.closeNow(); // later frames cannot be answers
    }

    @Override
    public void sessionClosed(IoSession session) throws Exception {
      of(session).sessionClosed(session);
    }
  }
}
