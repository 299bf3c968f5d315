package parley.server;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.codec.LimitException;
import parley.endpoint.Endpoint;
import parley.internal.accept.AcceptQueues;
import parley.internal.accept.Acceptor;
import parley.internal.accept.Admission;
import parley.internal.accept.Refusal;
import parley.internal.chain.ChainBuilder;
import parley.internal.chain.DrainFilter;
import parley.internal.chain.FilterChains;
import parley.internal.chain.HandlerThreads;
import parley.internal.chain.HoldingFilter;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.InFlight;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionStructures;
import parley.internal.proxy.ProxyFilter;
import parley.internal.telemetry.Observers;
import parley.internal.telemetry.ServiceMeter;
import parley.internal.tls.TlsContext;
import parley.internal.tls.TlsEngineFilter;
import parley.protocol.LastMessage;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Settings;
import parley.proxy.ProxyConfig;
import parley.telemetry.ServiceFigures;

/** An endpoint that the server binds, with its protocol: one NioSocketAcceptor. */
public final class Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final ListenerConfig config;
  private final Acceptor acceptor;
  private final DrainFilter drain;
  private final ServiceMeter meter;
  private final @Nullable ThreadPoolExecutor threads;
  private final @Nullable ProxyFilter proxy;
  private volatile Endpoint endpoint;
  private volatile String families = "";
  private volatile boolean isOnAllAddresses;

  Listener(ListenerConfig config, ServerConfig server, EventLoopGroup loops, Observers observers) {
    this.config = config;
    this.endpoint = config.endpoint();
    this.drain = new DrainFilter(Limits.deadlines(config.limits()));
    this.threads = threads();
    this.proxy = proxy();
    Protocol<?, ?> protocol = config.protocol();
    Settings settings = config.settings();
    ProtocolCodecFactory codec = Protocols.part(protocol, "codec", () -> protocol.codec(settings));
    meter =
        new ServiceMeter(
            config.name(), Protocols.name(protocol), loops.size(), observers, config.sessionLog());
    FilterChains chains =
        new FilterChains(loops, server.closeTimeout(), meter, protocol, settings, codec);
    TlsContext tls = config.tlsContext();
    ChainBuilder chain =
        chains.server(
            proxy,
            tls == null ? null : new TlsEngineFilter(tls),
            drain,
            threads == null ? null : new HandlerThreads(threads, config.executorQueue()));
    IoHandler handler = Protocols.part(protocol, "handler", () -> protocol.handler(settings));
    Admission.Bounds bounds = Limits.admission(config.limits());
    Refusal refusal = new Refusal(meter, bounds, text -> lastMessage(handler, codec, text));
    acceptor =
        new Acceptor(
            loops.thread("parley-accept"),
            loops,
            new Admission(bounds),
            refusal,
            Limits.session(config.limits()),
            config.proxyProtocol()::trusts);
    acceptor.setFilterChainBuilder(chain);
    acceptor.setHandler(handler);
    acceptor.setSessionDataStructureFactory(new SessionStructures());
    acceptor.setBacklog(config.backlog());
    acceptor.setReuseAddress(config.reuseAddress());
    acceptor.getSessionConfig().setTcpNoDelay(config.tcpNoDelay());
    acceptor.getStatistics().getConfig().setStatisticsCalcEnabled(false);
    acceptor.setCloseOnDeactivation(false); // unbinding is the first step of a drain
  }

  private @Nullable ThreadPoolExecutor threads() {
    int count = config.executorThreads();
    if (count == 0) {
      return null;
    }
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(), // at most one task per session
            HandlerThread::new);
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private @Nullable ProxyFilter proxy() {
    ProxyConfig proxies = config.proxyProtocol();
    return proxies.get(ProxyConfig.TRUSTED).isEmpty()
        ? null
        : new ProxyFilter(
            config.name(), proxies, (session, client) -> acceptor.name(session, client));
  }

  /**
   * Returns the bytes for a connection beyond a limit: none under TLS, because no handshake was
   * done.
   */
  private byte[] lastMessage(IoHandler handler, ProtocolCodecFactory codec, String text) {
    return config.tlsContext() == null
        ? Protocols.part(
            config.protocol(),
            "refusal",
            () -> LastMessage.of(handler, codec, new LimitException(text)))
        : new byte[0];
  }

  void bind() {
    InetSocketAddress address = config.endpoint().toSocketAddress();
    try {
      if (address.isUnresolved()) {
        throw new UnresolvedAddressException();
      }
      if (address.getAddress() instanceof Inet4Address ipv4 && ipv4.isAnyLocalAddress()) {
        acceptor.bindIpv4(address);
      } else {
        acceptor.bind(address);
      }
    } catch (IOException | RuntimeException e) {
      throw new BindException(
          String.format(
              "cannot bind %s (listener %s): %s", config.endpoint(), config.name(), reason(e)),
          e);
    }
    endpoint = config.endpoint().withPort(acceptor.getLocalAddress().getPort());
    InetAddress bound = acceptor.getLocalAddress().getAddress();
    if (!bound.equals(address.getAddress())) {
      String any = bound instanceof Inet4Address ? "0.0.0.0" : "::";
      endpoint = endpoint.withHost(bound.isAnyLocalAddress() ? any : bound.getHostAddress());
      LOG.warn(
          "inherited socket differs from its endpoint and is used: listener={} socket={}"
              + " endpoint={}",
          config.name(),
          endpoint,
          config.endpoint());
    }
    isOnAllAddresses = bound.isAnyLocalAddress();
    families = families(bound);
    meter.observers().fire(each -> each.listenerBound(config.name(), endpoint));
  }

  void logListening() {
    LOG.info(
        "listening: listener={} endpoint={} protocol={} families=\"{}\"",
        config.name(),
        endpoint,
        Protocols.name(config.protocol()),
        families);
  }

  private String families(InetAddress bound) {
    if (bound instanceof Inet4Address) {
      return "IPv4";
    }
    if (!bound.isAnyLocalAddress()) {
      return "IPv6";
    }
    return acceptor.isInherited() ? "IPv6, and IPv4 if its unit allows it" : "IPv4 and IPv6";
  }

  private static String reason(Exception failure) {
    if (failure instanceof UnresolvedAddressException) {
      return "unknown host";
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Objects.requireNonNullElse(root.getMessage(), root.toString());
  }

  /** {@return the listener's name in conf} */
  public String name() {
    return config.name();
  }

  /**
   * {@return the endpoint: after binding, with the actual port, or the address of an inherited
   * socket}
   */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** {@return the configuration of this listener} */
  public ListenerConfig config() {
    return config;
  }

  /** {@return what was counted for this listener} Any thread may call this. */
  public ServiceFigures figures() {
    return meter.figures();
  }

  /**
   * Returns how many connections wait in the kernel to be accepted: the figure of Linux, at most 5
   * s old. It reads a file whose length grows with the number of sockets, so do not call it on an
   * event loop.
   *
   * @return the number; empty if the listener is not bound, and on other systems
   */
  public OptionalInt queuedConnections() {
    InetSocketAddress bound = acceptor.getLocalAddress();
    return bound == null ? OptionalInt.empty() : AcceptQueues.OWN.at(bound);
  }

  /** {@return the largest number of connections that may wait: backlog, or the system's limit} */
  public int queueLimit() {
    return AcceptQueues.OWN.limit(config.backlog());
  }

  /** {@return MINA's acceptor} Change its chain and config before the server starts. */
  public NioSocketAcceptor acceptor() {
    return acceptor;
  }

  Collection<IoSession> sessions() {
    return acceptor.getManagedSessions().values();
  }

  /** Makes the health checks of load balancers that use the PROXY protocol fail from now on. */
  void failChecks() {
    if (proxy != null) {
      proxy.failChecks();
    }
  }

  void unbind() {
    boolean isBound = acceptor.isActive();
    acceptor.unbind();
    if (isBound) {
      meter.observers().fire(each -> each.listenerClosed(config.name(), endpoint));
    }
  }

  void drain(Duration readFor) {
    drain.begin(readFor);
    drainSessions();
  }

  /**
   * Drains again the sessions that had not reached their loops before, where they are held back.
   */
  void drainSessions() {
    sessions().forEach(drain::drain);
  }

  /**
   * Returns how many sessions still have something to send; a session in its handshake has nothing.
   */
  long unansweredCount() {
    return sessions().stream()
        .filter(
            each ->
                !SessionLifecycle.of(each).has(SessionLifecycle.Mark.FLUSHED)
                    && !HoldingFilter.isHeld(each)
                    && InFlight.isAny(each))
        .count();
  }

  /** Closes all sessions, including those that wait for the peer's end of stream. */
  void closeSessions() {
    for (IoSession session : sessions()) {
      session.closeNow();
      if (session instanceof NioSession nio) {
        nio.getProcessor().remove(nio);
      }
    }
  }

  void dispose() {
    acceptor.dispose();
  }

  /** Disposes of a listener that was never bound, without a thread. */
  void release() {
    acceptor.release();
  }

  private final class HandlerThread extends Thread {

    HandlerThread(Runnable task) {
      super(task, "parley-" + config.name());
    }

    Listener listener() {
      return Listener.this;
    }
  }

  /**
   * Returns whether the caller runs on a handler thread; its session cannot end in the meantime.
   */
  boolean isHandlerThread() {
    return Thread.currentThread() instanceof HandlerThread thread && thread.listener() == this;
  }

  /** Ends the handler's threads after the last session has ended. */
  void endThreads() {
    if (threads != null) {
      threads.shutdown();
    }
  }

  /**
   * Returns the endpoint and the protocol's name, such as {@code tcp://127.0.0.1:9123 greeting}. If
   * all addresses of the host are bound, the family follows: {@code (IPv4)} or {@code (IPv4 and
   * IPv6)}.
   */
  @Override
  public String toString() {
    String shown = isOnAllAddresses ? " (" + families + ")" : "";
    return endpoint + " " + Protocols.name(config.protocol()) + shown;
  }
}
