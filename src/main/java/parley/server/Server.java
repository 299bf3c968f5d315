package parley.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Endpoint;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.LoopThreads;
import parley.internal.telemetry.Observers;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.telemetry.LoopFigures;

/**
 * A server of protocols on its listeners. It is created, started, and ended once, by {@link #drain}
 * or {@link #close}. Before it starts, each listener's MINA acceptor can be changed freely. All
 * methods may be called from any thread, including a handler's.
 */
public final class Server implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private enum State {
    MADE,
    STARTED,
    ENDED
  }

  private final ServerConfig config;
  private final Observers observers;
  private final EventLoopGroup loops;
  private final Executor ending;
  private final List<Listener> listeners;
  private final SharedStates shared = new SharedStates(SharedStates.CLOSE_TIMEOUT);
  private final AtomicReference<State> state = new AtomicReference<>(State.MADE);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong cutByClose = new AtomicLong(); // while it drained
  private final CompletableFuture<DrainResult> ended = new CompletableFuture<>();

  /**
   * Creates the listeners without binding them.
   *
   * @param config the configuration
   * @throws ProtocolException if protocols cannot provide their codec, filters or handler; the
   *     message has one line for each
   */
  public Server(ServerConfig config) {
    this.config = config;
    observers = new Observers(config.observers(), LoopThreads.named("parley-observer", true));
    loops = new EventLoopGroup(config.eventLoops(), false, config.outboundTotalBytes());
    ending = loops.thread("parley-drain");
    List<Listener> made = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      if (!config.watchdog().isZero()) {
        loops.watch(config.watchdog(), observers);
      }
      for (ListenerConfig each : config.listeners()) {
        try {
          made.add(new Listener(each, config, loops, observers));
        } catch (ProtocolException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
      if (!problems.isEmpty()) {
        throw new ProtocolException(problems);
      }
    } catch (RuntimeException | Error e) {
      made.forEach(Listener::release);
      loops.release();
      throw e;
    }
    listeners = List.copyOf(made);
  }

  /**
   * Serves one protocol with the default configuration.
   *
   * @param endpoint the endpoint to bind, such as {@code tcp://127.0.0.1:0}
   * @param protocol the protocol
   * @return the server, listening
   * @throws BindException if the endpoint cannot be bound
   */
  public static Server serve(String endpoint, Protocol<?, ?> protocol) {
    return serve(Endpoint.parse(endpoint), protocol);
  }

  /**
   * Serves one protocol with the default configuration, like {@link #serve(String, Protocol)}.
   *
   * @param endpoint the endpoint to bind; port 0 takes a free port
   * @param protocol the protocol
   * @return the server, listening
   */
  public static Server serve(Endpoint endpoint, Protocol<?, ?> protocol) {
    ListenerConfig listener =
        ListenerConfig.builder(Protocols.name(protocol), endpoint, protocol).build();
    return new Server(ServerConfig.builder().listener(listener).build()).start();
  }

  /**
   * Starts the protocols' shared resources, and binds all listeners. After an exception other than
   * IllegalStateException the server has ended.
   *
   * @return this server, listening
   * @throws BindException if a listener cannot be bound
   * @throws ProtocolException if a protocol's shared resource cannot be started
   * @throws OutOfMemoryError if the process has too few threads or too little memory
   * @throws IllegalStateException if the server was already started or ended
   */
  public Server start() {
    if (!state.compareAndSet(State.MADE, State.STARTED)) {
      throw new IllegalStateException(
          "server was already started or ended (expected: a new server)");
    }
    try {
      loops.takeThreads();
      shared.start(config.listeners());
      for (Listener listener : listeners) {
        listener.bind();
      }
    } catch (RuntimeException | Error e) {
      giveBack(e);
      throw e;
    }
    listeners.forEach(Listener::logListening);
    return this;
  }

  private void giveBack(Throwable cause) {
    if (loops.isDisposed()) { // because threads were missing
      listeners.forEach(Listener::release);
      if (state.getAndSet(State.ENDED) != State.ENDED) {
        ended.complete(new DrainResult(0, Duration.ZERO));
      }
      return;
    }
    try {
      close();
    } catch (RuntimeException | Error again) {
      cause.addSuppressed(again);
    }
  }

  /** {@return the listeners, in the order of their configs} */
  public List<Listener> listeners() {
    return listeners;
  }

  /** {@return how busy each event loop is} Any thread may call this. */
  public List<LoopFigures> loopFigures() {
    return loops.figures();
  }

  /** {@return the memory in bytes of data that waits to be sent, in all sessions} */
  public long outboundBytes() {
    return loops.outboundBytes();
  }

  /** {@return the number of events that were dropped because an observer was too slow} */
  public long droppedEvents() {
    return observers.dropped();
  }

  /**
   * Returns the endpoint of the first listener.
   *
   * @return the endpoint, with the bound port
   * @throws IllegalStateException if the server has no listener
   */
  public Endpoint endpoint() {
    if (listeners.isEmpty()) {
      throw new IllegalStateException("server has no listener (expected: at least one)");
    }
    return listeners.get(0).endpoint();
  }

  /**
   * Shuts down gracefully and returns at once. A second call has no effect. The steps are:
   *
   * <ol>
   *   <li>For the drain delay, only health checks fail.
   *   <li>The server accepts no more connections. It keeps reading for a short time, because data
   *       may still be in transit; docs/session-end.md has the bounds.
   *   <li>It answers the frames that it has read, and closes each session that has nothing in
   *       flight.
   *   <li>After the drain timeout it cuts all remaining sessions.
   * </ol>
   *
   * @return completed after everything has ended
   */
  public CompletableFuture<DrainResult> drain() {
    end(config.drainDelay(), config.drainTimeout());
    return ended();
  }

  /** {@return a future that completes when this server has ended} */
  public CompletableFuture<DrainResult> ended() {
    return ended.copy();
  }

  /**
   * Closes the listeners and all sessions at once. Waits until that is done, except in a handler.
   */
  @Override
  public void close() {
    closing.countDown();
    if (!end(Duration.ZERO, Duration.ZERO)) {
      cutByClose.accumulateAndGet(unansweredCount(), Math::max);
      listeners.forEach(Listener::closeSessions);
    }
    if (!loops.isLoopThread() && listeners.stream().noneMatch(Listener::isHandlerThread)) {
      ended.join();
    }
  }

  /** Ends the server; returns false if that was already done. */
  private boolean end(Duration delay, Duration timeout) {
    State before = state.getAndSet(State.ENDED);
    if (before == State.ENDED) {
      return false;
    }
    listeners.forEach(Listener::failChecks);
    Duration serving = before == State.STARTED ? delay : Duration.ZERO;
    // On a separate thread: unbinding and disposing wait for the loops and must not run on one.
    try {
      ending.execute(() -> endAfter(serving, timeout));
    } catch (OutOfMemoryError noThread) {
      ended.completeExceptionally(noThread);
      throw noThread;
    }
    return true;
  }

  private void endAfter(Duration delay, Duration timeout) {
    long since = System.nanoTime();
    try {
      serveFor(delay);
      listeners.forEach(Server::unbind);
      boolean atOnce = timeout.isZero() || closing.getCount() == 0;
      long cut = atOnce ? unansweredCount() : drainWithin(timeout);
      listeners.forEach(Listener::dispose);
      loops.dispose();
      listeners.forEach(Listener::endThreads);
      shared.close();
      observers.end();
      int allCut = (int) Math.max(cut, cutByClose.get());
      ended.complete(new DrainResult(allCut, Duration.ofNanos(System.nanoTime() - since)));
    } catch (RuntimeException | Error e) {
      LOG.error("server did not end cleanly", e);
      shared.close();
      ended.completeExceptionally(e);
    }
  }

  /** Unbinds a listener; a failure is logged and must not keep the sessions of other listeners. */
  private static void unbind(Listener listener) {
    try {
      listener.unbind();
    } catch (RuntimeException | Error e) {
      LOG.error("listener not unbound: listener={}", listener.name(), e);
    }
  }

  /** Serves for the drain delay, or until {@link #close}. */
  private void serveFor(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    LOG.info("drain delayed, only health checks fail: delay={}ms", delay.toMillis());
    try {
      var unused = closing.await(delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long drainWithin(Duration timeout) {
    LOG.info("draining: sessions={} timeout={}ms", loops.sessionCount(), timeout.toMillis());
    Duration reading = timeout.dividedBy(4);
    listeners.forEach(listener -> listener.drain(reading));
    int left = loops.awaitNoSessions(reading);
    if (left > 0) {
      listeners.forEach(Listener::drainSessions);
      left = loops.awaitNoSessions(timeout.minus(reading));
    }
    long cut = left == 0 ? 0 : unansweredCount();
    if (cut > 0) {
      LOG.warn("drain timeout passed: sessions_cut={} timeout={}ms", cut, timeout.toMillis());
    }
    return cut;
  }

  private long unansweredCount() {
    return listeners.stream().mapToLong(Listener::unansweredCount).sum();
  }
}
