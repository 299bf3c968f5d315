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
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;

/**
 * Serves protocols on its listeners: made, started, and ended once, by {@link #drain} or {@link
 * #close}. Between making and starting, each listener's MINA acceptor can be changed at will. All
 * methods may be called from any thread, a handler's too.
 */
public final class Server implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private enum State {
    MADE,
    STARTED,
    ENDED
  }

  private final ServerConfig config;
  private final EventLoopGroup loops;
  private final Executor ending;
  private final List<Listener> listeners;
  private final SharedStates shared = new SharedStates(SharedStates.CLOSE_TIMEOUT);
  private final AtomicReference<State> state = new AtomicReference<>(State.MADE);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong cutByClose = new AtomicLong(); // while it drained
  private final CompletableFuture<DrainResult> ended = new CompletableFuture<>();

  /**
   * Makes the listeners; binds none.
   *
   * @throws ProtocolException if a protocol does not give its codec, filters or handler; with a
   *     line for each that does not
   */
  public Server(ServerConfig config) {
    this.config = config;
    loops = new EventLoopGroup(config.eventLoops(), false, config.outboundTotalBytes());
    ending = loops.thread("parley-drain");
    List<Listener> made = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      if (!config.watchdog().isZero()) {
        loops.watch(config.watchdog());
      }
      for (ListenerConfig each : config.listeners()) {
        try {
          made.add(new Listener(each, config, loops));
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
   * Serves one protocol, everything else as by default.
   *
   * @param endpoint where, such as {@code tcp://127.0.0.1:0}
   * @return the server, listening
   * @throws BindException if it cannot be bound
   */
  public static Server serve(String endpoint, Protocol<?, ?> protocol) {
    return serve(Endpoint.parse(endpoint), protocol);
  }

  /** As {@link #serve(String, Protocol)}. */
  public static Server serve(Endpoint endpoint, Protocol<?, ?> protocol) {
    ListenerConfig listener =
        ListenerConfig.builder(Protocols.name(protocol), endpoint, protocol).build();
    return new Server(ServerConfig.builder().listener(listener).build()).start();
  }

  /**
   * Starts what the protocols' listeners share, and binds all listeners.
   *
   * @return this server, listening
   * @throws BindException if one cannot be bound; after this and the next two the server has ended
   * @throws ProtocolException if what a protocol's listeners share cannot be started
   * @throws OutOfMemoryError if there is no thread or memory
   * @throws IllegalStateException if it was started or ended before
   */
  public Server start() {
    if (!state.compareAndSet(State.MADE, State.STARTED)) {
      throw new IllegalStateException("a server starts once");
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
    listeners.forEach(listener -> LOG.info("listening {}", listener));
    return this;
  }

  private void giveBack(Throwable cause) {
    if (loops.isDisposed()) { // as threads were missing
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

  /** The listeners, in the order of their configs. */
  public List<Listener> listeners() {
    return listeners;
  }

  /**
   * Where the first listener is.
   *
   * @throws IllegalStateException if there is none
   */
  public Endpoint endpoint() {
    if (listeners.isEmpty()) {
      throw new IllegalStateException("no listener");
    }
    return listeners.get(0).endpoint();
  }

  /**
   * Drains: for the drain delay, only health checks fail; then it accepts no more, reads on for 100
   * ms and until nothing more comes (for at most a quarter of the drain timeout), answers what it
   * has read, closes each session that has nothing in flight, and cuts the rest after the drain
   * timeout. Returns at once; a second call changes nothing.
   *
   * @return completed when all has ended
   */
  public CompletableFuture<DrainResult> drain() {
    end(config.drainDelay(), config.drainTimeout());
    return ended();
  }

  /** Returns a future that completes when this server has ended. */
  public CompletableFuture<DrainResult> ended() {
    return ended.copy();
  }

  /** Ends at once: closes the listeners and all sessions. Waits for it, but not in a handler. */
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

  /** Returns whether it was not ended before. */
  private boolean end(Duration delay, Duration timeout) {
    State before = state.getAndSet(State.ENDED);
    if (before == State.ENDED) {
      return false;
    }
    listeners.forEach(Listener::failChecks);
    Duration serving = before == State.STARTED ? delay : Duration.ZERO;
    // A thread of its own: unbinding and disposing wait for the loops and must not run on one.
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
      int allCut = (int) Math.max(cut, cutByClose.get());
      ended.complete(new DrainResult(allCut, Duration.ofNanos(System.nanoTime() - since)));
    } catch (RuntimeException | Error e) {
      LOG.error("the server did not end well", e);
      shared.close();
      ended.completeExceptionally(e);
    }
  }

  /** One that cannot be unbound must not keep the others' sessions. */
  private static void unbind(Listener listener) {
    try {
      listener.unbind();
    } catch (RuntimeException | Error e) {
      LOG.error("listener {} could not be unbound", listener.name(), e);
    }
  }

  /** Until {@link #close} at most. */
  private void serveFor(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    LOG.info("draining in {} ms: health checks fail, all others are served", delay.toMillis());
    try {
      var unused = closing.await(delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long drainWithin(Duration timeout) {
    LOG.info("draining: sessions={} timeout={} ms", loops.sessionCount(), timeout.toMillis());
    Duration reading = timeout.dividedBy(4);
    listeners.forEach(listener -> listener.drain(reading));
    int left = loops.awaitNoSessions(reading);
    if (left > 0) {
      listeners.forEach(Listener::drainSessions);
      left = loops.awaitNoSessions(timeout.minus(reading));
    }
    long cut = left == 0 ? 0 : unansweredCount();
    if (cut > 0) {
      LOG.warn("drain timeout passed: sessions cut={} timeout={} ms", cut, timeout.toMillis());
    }
    return cut;
  }

  private long unansweredCount() {
    return listeners.stream().mapToLong(Listener::unansweredCount).sum();
  }
}
